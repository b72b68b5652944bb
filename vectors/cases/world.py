"""Some tenants' logs with anchors, the operator's log with seals over them, and the stored changes of the directories."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from typing import Any, Callable, Sequence

from sealtrail import canonical, seals
from sealtrail.entry import ZERO_HASH, genesis_entry, hash_value
from sealtrail.records import RecordLeaf, build_anchor, record_leaves, touch_of
from sealtrail.seals import Line

from .log_cases import AGENT, USER, seal
from .tlog_cases import LOG_NAME, LOG_SEED, NEXT_SEED, key

Value = dict[str, Any]

# The deepest value that can be sealed, and where it is.
DEEP: Any = json.loads("[" * 32 + "]" * 32)
DEEP_AT = 13
OPERATOR = {"type": "system", "id": "sealer"}


def at(minute: int, second: int = 0) -> str:
    return f"2026-04-01T{8 + minute // 60:02}:{minute % 60:02}:{second:02}.000Z"


def record(name: str) -> Value:
    return {"type": "deal", "id": f"d-{name}"}


@dataclass
class TenantLog:
    tenant: str
    entries: list[Value]
    openings: list[Value]
    anchors: list[Value] = field(default_factory=list)

    def clone(self) -> TenantLog:
        return copy.deepcopy(self)

    def under(self, anchor: Value) -> list[Value]:
        return self.entries[anchor["from"] : anchor["to"] + 1]

    def leaves(self, number: int) -> list[RecordLeaf]:
        return record_leaves(self.tenant, [touch_of(entry) for entry in self.under(self.anchors[number])])

    def line(self, anchors: int) -> Line:
        """What a directory says of this log with that many anchors."""
        if anchors == 0:
            return Line(self.tenant, 0, 0, seals.NO_ANCHOR)
        newest = self.anchors[anchors - 1]
        return Line(self.tenant, anchors, newest["to"] + 1, hash_value(newest))

    def relink(self) -> None:
        """Gives the anchors the links that follow from what was changed in them."""
        for before, anchor in zip(self.anchors, self.anchors[1:]):
            anchor["prev"] = hash_value(before).hex()


def build_tenant(tenant: str, segments: Sequence[Sequence[str]], unanchored: Sequence[str] = ()) -> TenantLog:
    """A log of segments; each entry is given by the names of the records that it touches, apart by spaces."""
    log = TenantLog(tenant, [genesis_entry(tenant, at(0))], [{}])
    for number, segment in enumerate(segments):
        first = 0 if number == 0 else len(log.entries)
        for names in segment:
            append(log, names.split())
        previous = log.anchors[-1] if log.anchors else None
        log.anchors.append(build_anchor(log.entries[first:], number, previous, at(len(log.entries) - 1, 30)))
    for names in unanchored:
        append(log, names.split())
    return log


def append(log: TenantLog, names: Sequence[str]) -> None:
    seq = len(log.entries)
    # A third of the entries has sealed values, so that evidence has something to disclose.
    args = DEEP if seq == DEEP_AT else {"amount": seq * 100}
    values = {"rationale": f"Because of {seq}: Zoë said so.", "args": args} if seq % 3 == 1 else {}
    sealed, openings = seal(f"{log.tenant} {seq}", values)
    log.entries.append(
        {
            "v": 1, "tenant": log.tenant, "seq": seq, "prev": hash_value(log.entries[-1]).hex(), "time": at(seq),
            "id": f"evt-{seq}", "type": "proposal.created" if values else "proposal.approved",
            "actor": AGENT if values else USER, "targets": [record(name) for name in names], "data": {"n": seq}, "sealed": sealed,
        }
    )
    log.openings.append(openings)


@dataclass
class Seal:
    entry: Value
    lines: list[Line]  # in the order of the directory

    @property
    def text(self) -> str:
        return canonical.encode(self.entry)


@dataclass
class Operator:
    entries: list[Value] = field(default_factory=lambda: [genesis_entry(seals.TENANT, at(0))])
    seals: list[Seal] = field(default_factory=list)
    changes: list[Value] = field(default_factory=list)

    def add(self, kind: str, ident: str, data: Value) -> Value:
        seq = len(self.entries)
        entry = {
            "v": 1, "tenant": seals.TENANT, "seq": seq, "prev": hash_value(self.entries[-1]).hex(), "time": at(60 + seq),
            "id": ident, "type": kind, "actor": OPERATOR, "targets": [], "data": data, "sealed": {},
        }
        self.entries.append(entry)
        return entry

    def add_key(self, seed: bytes) -> None:
        of = key(LOG_NAME, 1, seed)
        self.add("log.key_added", f"key_added:{of['id']}", {"vkey": of["vkey"]})

    def seal(self, lines: Sequence[Line]) -> Seal:
        number = len(self.entries)
        before = {line.tenant: line for line in self.seals[-1].lines} if self.seals else {}
        made = make_seal(number, lines, f"d-{number}")
        entry = self.add(made.entry["type"], made.entry["id"], made.entry["data"])
        self.seals.append(Seal(entry, made.lines))
        self.changes += [change(f"d-{number}", number, line) for line in lines if before.get(line.tenant) != line]
        return self.seals[-1]

    def hashes(self) -> list[bytes]:
        return [hash_value(entry) for entry in self.entries]


def change(directory: str, number: int, line: Line) -> Value:
    return {
        "directory": directory, "seal": number, "tenant": line.tenant, "anchors": line.anchors, "entries": line.entries,
        "last": line.last.hex(),
    }


def make_seal(number: int, lines: Sequence[Line], directory: str = "d-x", alter: Callable[[Value], None] | None = None) -> Seal:
    """A seal by itself, linked to nothing: proofs do not look at its link."""
    ordered = seals.in_order(lines)
    data = {
        "number": number, "directory": directory, "directory_root": seals.directory_root(ordered).hex(),
        "directory_size": len(ordered),
    }
    entry = {
        "v": 1, "tenant": seals.TENANT, "seq": number, "prev": ZERO_HASH, "time": at(60 + number), "id": f"seal:{number}",
        "type": seals.TYPE, "actor": OPERATOR, "targets": [], "data": data, "sealed": {},
    }
    if alter:
        alter(entry)
    return Seal(entry, ordered)


ACME = [
    ["a b", "c", "a", "b d"],
    ["", ""],
    ["c"],
    ["a", "e f", "g h", "a e", "i", "j", "", "a"],
    ["b c", "a k"],
]


@dataclass
class World:
    logs: dict[str, TenantLog]
    operator: Operator

    def lines(self, counts: dict[str, int]) -> list[Line]:
        return [self.logs[tenant].line(count) for tenant, count in counts.items()]


def build_world() -> World:
    logs = [
        build_tenant("acme", ACME, ["a", ""]),
        build_tenant("beta", [["a", "b", ""], ["c"]]),
        build_tenant("gamma", [], ["a"]),
        build_tenant("~ops", [["x", "y"]]),
        build_tenant("Zulu.2", [[""]]),
        *(build_tenant(f"t{index}", []) for index in range(12)),
    ]
    world = World({log.tenant: log for log in logs}, Operator())
    operator = world.operator
    operator.add_key(LOG_SEED)
    operator.seal(world.lines({"acme": 1, "beta": 0}))
    operator.seal(world.lines({"acme": 2, "beta": 1, "gamma": 0, "~ops": 1}))
    operator.seal(world.lines({"acme": 2, "beta": 1, "gamma": 0, "~ops": 1}))  # nothing happened
    operator.add_key(NEXT_SEED)
    operator.seal(world.lines({"acme": 4, "beta": 1, "gamma": 0, "~ops": 1, "Zulu.2": 0}))
    everything = {"acme": 5, "beta": 2, "gamma": 0, "~ops": 1, "Zulu.2": 1} | {f"t{index}": 0 for index in range(12)}
    operator.seal(world.lines(everything))
    return world

