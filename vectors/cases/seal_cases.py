"""seals.json: tenant keys, directories of several seals and the changes that give them, and what is none of these."""

from __future__ import annotations

import copy
from typing import Any, Callable

from sealtrail import canonical, seals
from sealtrail.entry import Refused, hash_value
from sealtrail.seals import Line

from .seeded import seeded
from .tampered_cases import flip
from .world import Operator, Value, World, build_world, change, record

NAMES = ["acme", "beta", "Zulu.2", "~ops", "a", "A", "0", "t.1:x_~-", "n" * 128]
TOP = 2**53 - 1


def leaf_cases() -> list[Value]:
    lines = [
        Line("acme", 0, 0, seals.NO_ANCHOR),
        Line("acme", 1, 5, seeded("last", 32)),
        Line("~ops", 256, 65_536, seeded("last 2", 32)),
        Line("beta", 2**32, 2**40 + 7, seeded("last 3", 32)),
        Line("n" * 128, TOP, TOP, b"\xff" * 32),
    ]
    return [described(line) | {"leaf": line.leaf.hex()} for line in lines]


def described(line: Line) -> Value:
    return {"tenant": line.tenant, "anchors": line.anchors, "entries": line.entries, "last": line.last.hex()}


def leftovers(world: World) -> list[Value]:
    """Rows of attempts that did not come to their end: under another name, or for a number that is no seal of that name."""
    line = Line("acme", 3, 9, seeded("left over", 32))
    stranger = Line("stranger", 0, 0, seals.NO_ANCHOR)
    return [
        change("try-1", 3, line), change("d-3", 4, line), change("d-7", 5, stranger), change("d-7", 8, stranger), change("", 2, line),
    ]


def seal_texts(world: World) -> list[Value]:
    """What is no seal, by itself."""
    good = world.operator.seals[-1].entry
    number = good["seq"]
    cases: list[tuple[str, Callable[[Value], Any], str]] = [
        ("number is not the entry's own seq", lambda entry: entry["data"].update(number=number - 1), "seal_malformed"),
        ("id of another number", lambda entry: entry.update(id=f"seal:{number - 1}"), "seal_malformed"),
        ("id with a leading zero", lambda entry: entry.update(id=f"seal:0{number}"), "seal_malformed"),
        ("id of an event", lambda entry: entry.update(id="evt-1"), "seal_malformed"),
        ("a target", lambda entry: entry.update(targets=[record("a")]), "seal_malformed"),
        ("a sealed value", lambda entry: entry.update(sealed={"note": seeded("note", 32).hex()}), "seal_malformed"),
        ("number as text", lambda entry: entry["data"].update(number=str(number)), "seal_malformed"),
        ("no directory", lambda entry: entry["data"].pop("directory"), "seal_malformed"),
        ("a fifth member", lambda entry: entry["data"].update(tenants=17), "seal_malformed"),
        ("directory is empty", lambda entry: entry["data"].update(directory=""), "seal_malformed"),
        ("directory with a control character", lambda entry: entry["data"].update(directory="d\n7"), "seal_malformed"),
        ("directory of 257 bytes", lambda entry: entry["data"].update(directory="d" * 257), "seal_malformed"),
        (
            "root in capitals", lambda entry: entry["data"].update(directory_root=entry["data"]["directory_root"].upper()),
            "seal_malformed",
        ),
        ("root of 62 digits", lambda entry: entry["data"].update(directory_root="0" * 62), "seal_malformed"),
        ("negative size", lambda entry: entry["data"].update(directory_size=-1), "seal_malformed"),
        ("size is no integer", lambda entry: entry["data"].update(directory_size=16.5), "seal_malformed"),
        ("size beyond 2^53", lambda entry: entry["data"].update(directory_size=2.0**53), "seal_malformed"),
        ("an unknown member of the entry", lambda entry: entry.update(note="x"), "entry_malformed"),
    ]
    found = []
    for name, alter, code in cases:
        entry = copy.deepcopy(good)
        alter(entry)
        text = canonical.encode(entry)
        try:
            seals.parse_seal(text.encode())
        except Refused as error:
            assert error.code == code, (name, error)
        else:
            raise AssertionError(name)
        found.append({"name": name, "text": text, "wantCode": code})
    return found


def story(name: str, operator: Operator, changes: list[Value], want: list[int]) -> Value:
    entries = [seal.entry for seal in operator.seals]
    assert seals.mismatches(entries, changes) == want, (name, seals.mismatches(entries, changes))
    texts = [canonical.encode(entry) for entry in operator.entries]
    return {"name": name, "log": texts, "changes": changes, "wantSeals": want}


def stories(world: World) -> list[Value]:
    """Operator's logs with stored changes, and the seals whose directories they do not give."""
    operator, rows = world.operator, world.operator.changes

    def altered(alter: Callable[[list[Value]], Any]) -> list[Value]:
        copied = copy.deepcopy(rows)
        alter(copied)
        return copied

    def index(number: int, tenant: str) -> int:
        return next(at for at, row in enumerate(rows) if (row["seal"], row["tenant"]) == (number, tenant))

    def renamed(copied: list[Value]) -> None:
        for row in copied:
            if row["seal"] == 3:
                row["directory"] = "d-4"

    cases = [
        story("as they are", operator, rows, []),
        story("with what attempts left over", operator, leftovers(world) + rows, []),
        story("in another order", operator, rows[::-1], []),
        story("a row is gone", operator, altered(lambda copied: copied.pop(index(3, "gamma"))), [3, 4, 6, 7]),
        story(
            "a row is gone, and a later one makes up for it", operator,
            altered(lambda copied: copied.pop(index(3, "beta"))), [3, 4, 6],
        ),
        story("a tenant's every row is gone", operator, [row for row in rows if row["tenant"] != "~ops"], [3, 4, 6, 7]),
        story("a row of the first seal is altered", operator, altered(lambda copied: copied[0].update(entries=4)), [2]),
        story("a last hash is altered", operator, altered(lambda copied: copied[-1].update(last=flip(copied[-1]["last"]))), [7]),
        story("a row too many", operator, rows + [change("d-7", 7, Line("stranger", 0, 0, seals.NO_ANCHOR))], [7]),
        story("rows of a seal under another name", operator, altered(renamed), [3, 4, 6, 7]),
    ]
    return cases + [set_back(world, *case) for case in SET_BACK]


SET_BACK: list[tuple[str, dict[str, int] | None, list[int]]] = [
    ("a seal over fewer anchors of a tenant", {"acme": 4, "beta": 2, "gamma": 0}, [2]),
    ("a seal over no anchors of a tenant", {"acme": 5, "beta": 0, "gamma": 0}, [2]),
    ("a seal over another newest anchor of the same number, and back", None, [2, 3]),
]


def set_back(world: World, name: str, counts: dict[str, int] | None, want: list[int]) -> Value:
    """The changes give every root, but a tenant does not go forward."""
    operator = Operator()
    lines = world.lines({"acme": 5, "beta": 2, "gamma": 0})
    other = [Line("acme", 5, lines[0].entries, seeded("another anchor", 32)), *lines[1:]]
    operator.seal(lines)
    operator.seal(world.lines(counts) if counts else other)
    operator.seal(world.lines(counts) if counts else lines)
    return story(name, operator, operator.changes, want)


def files() -> dict[str, Any]:
    world = build_world()
    operator = world.operator
    folded = seals.fold([seal.entry for seal in operator.seals], leftovers(world) + operator.changes)
    assert folded == [seal.lines for seal in operator.seals]
    return {
        "seals.json": {
            "keys": [{"tenant": name, "key": seals.tenant_key(name).hex()} for name in NAMES],
            "leaves": leaf_cases(),
            "log": [
                {"seq": entry["seq"], "entry": canonical.encode(entry), "hash": hash_value(entry).hex()}
                for entry in operator.entries
            ],
            "seals": [
                {
                    "number": seal.entry["seq"], "directory": seal.entry["data"]["directory"],
                    "root": seals.directory_root(seal.lines).hex(), "size": len(seal.lines),
                    "lines": [described(line) for line in seal.lines],
                }
                for seal in operator.seals
            ],
            "invalid": seal_texts(world),
            "directories": stories(world),
        }
    }
