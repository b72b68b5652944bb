"""Valid proofs with one thing changed."""

from __future__ import annotations

import base64
from typing import Any

from sealtrail import canonical
from sealtrail.entry import ZERO_HASH
from sealtrail.text import pack

from . import proof_histories
from .proof_change import Case, Change, changed, edited, on_list
from .proof_forgeries import Bad
from .prove import entry_proof, sealed
from .seeded import seeded
from .world import Value, World, record

ENTRY = "an entry, with several anchors up to the seal"
LATER = "an entry within its segment"


def path_is(value: Any) -> Change:
    return lambda proof: proof.update(path=value(proof["path"]) if callable(value) else value)


def start_is(**members: Any) -> Change:
    return lambda proof: proof["sealed"]["start"].update(members)


def anchor_is(index: int, **members: Any) -> Change:
    return lambda proof: proof["sealed"]["anchors"][index].update(members)


def directory_is(**members: Any) -> Change:
    return lambda proof: proof["sealed"]["directory"].update(members)


def seal_with(change: Change) -> Change:
    return lambda proof: proof["sealed"].update(seal=edited(proof["sealed"]["seal"], change))


def entry_with(change: Change) -> Change:
    return lambda proof: proof.update(entry=edited(proof["entry"], change))


def unused_bits(packed: str) -> str:
    """The last character before the padding with a bit set that means nothing."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    body = packed.rstrip("=")
    assert body != packed
    return body[:-1] + alphabet[alphabet.index(body[-1]) | 1] + packed[len(body) :]


def in_url_alphabet(proof: Value) -> None:
    anchor = proof["sealed"]["anchors"][0]
    replaced = anchor["hashes"].replace("+", "-").replace("/", "_")
    assert replaced != anchor["hashes"]
    anchor["hashes"] = replaced


LISTS: list[tuple[str, Any]] = [
    ("without padding", lambda packed: packed.rstrip("=")),
    ("with unused bits", unused_bits),
    ("with a line end", lambda packed: packed + "\n"),
    ("with white space inside", lambda packed: packed[:4] + " " + packed[4:]),
    ("with a byte too few", lambda packed: base64.b64encode(base64.b64decode(packed)[:-1]).decode()),
    ("in hex", lambda packed: base64.b64decode(packed).hex()),
    ("as an array", lambda packed: [packed]),
    ("null", None),
]


def list_cases() -> list[Case]:
    """The path of this entry is one hash: 32 bytes, which need padding."""
    return [(f"a list {name}", "13", "path", "the last entry of a segment", path_is(value)) for name, value in LISTS] + [
        ("a list in the alphabet for URLs", "13", "hashes of an anchor", ENTRY, in_url_alphabet)
    ]


def entry_cases(world: World) -> list[Case]:
    acme, newest = world.logs["acme"], world.operator.seals[-1]
    members, path = "members", "path"
    nowhere = "the run does not begin"
    return [
        ("the entry's data is altered", "13.2", path, ENTRY, entry_with(lambda entry: entry["data"].update(n=3))),
        (
            "another entry of the segment, with this one's path", "13.2", path, ENTRY,
            lambda proof: proof.update(entry=canonical.encode(acme.entries[3])),
        ),
        ("an entry with another position", "13.2", path, ENTRY, entry_with(lambda entry: entry.update(seq=1))),
        ("a hash of the path is altered", "13.2", path, ENTRY, path_is(on_list(lambda found: [seeded("sibling", 32), *found[1:]]))),
        ("the path has a hash too many", "13.2", path, ENTRY, path_is(on_list(lambda found: [*found, found[-1]]))),
        ("the path has a hash too few", "13.2", path, ENTRY, path_is(on_list(lambda found: found[:-1]))),
        ("the path in the wrong order", "13.2", path, ENTRY, path_is(on_list(lambda found: found[::-1]))),
        ("no path", "13.2", path, ENTRY, path_is("")),
        ("the entry's text has white space", "3", "entry", ENTRY, lambda proof: proof.update(entry=proof["entry"] + " ")),
        ("the entry is not a text", "13", "entry", ENTRY, lambda proof: proof.update(entry=canonical.parse(proof["entry"]))),
        ("the entry has an unknown member", "3", "entry", ENTRY, entry_with(lambda entry: entry.update(note="x"))),
        ("the entry is of another version", "3", "entry", ENTRY, entry_with(lambda entry: entry.update(v=2))),
        ("the entry of another tenant", "13.1", "directory", ENTRY, entry_with(lambda entry: entry.update(tenant="beta"))),
        (
            "the run begins with the anchor after the entry's", "13.2", nowhere, ENTRY,
            lambda proof: proof.update(sealed=sealed(acme, 1, newest)),
        ),
        (
            "the run begins with the anchor before the entry's", "13.2", nowhere, LATER,
            lambda proof: entry_proof(acme, 10, newest) | {"sealed": sealed(acme, 2, newest)},
        ),
        ("a member too many", "13.2", members, ENTRY, lambda proof: proof.update(index=2)),
        ("no path at all", "13.2", members, ENTRY, lambda proof: proof.pop("path")),
        ("checkpoint is null", "13.4", members, ENTRY, lambda proof: proof.update(checkpoint=None)),
        (
            "an entry proof that calls itself a history", "13.3", members, ENTRY,
            lambda proof: proof.update(format="sealtrail-history-proof/1"),
        ),
    ]


def sealed_cases(world: World) -> list[Case]:
    line, together = "the directory does not have this line there", "go together"
    hashes = [bytes.fromhex(world.logs["acme"].anchors[4][name]) for name in ("entries_root", "records_root", "last")]
    return [
        ("start: number 1 and the rest of a beginning", "13.1", together, ENTRY, start_is(number=1)),
        ("start: from 1 and the rest of a beginning", "13.1", together, ENTRY, start_is(**{"from": 1})),
        ("start: number and from 0, another prev", "13.1", together, ENTRY, start_is(prev="ab" * 32)),
        ("start: number 0 in the middle", "13.1", together, LATER, start_is(number=0)),
        ("start: from 0 in the middle", "13.1", together, LATER, start_is(**{"from": 0})),
        ("start: prev of zeros in the middle", "13.1", together, LATER, start_is(prev=ZERO_HASH)),
        ("start: another prev in the middle", "13.1", line, LATER, start_is(prev="ab" * 32)),
        ("start: another number in the middle", "13.1", line, LATER, start_is(number=4)),
        ("start: number is a text", "13.1", "start", ENTRY, start_is(number="0")),
        ("start: number is negative", "13.1", "start", LATER, start_is(number=-3)),
        ("start: a fourth member", "13.1", "members of start", ENTRY, start_is(to=4)),
        ("no anchors", "13.1", "anchors", ENTRY, lambda proof: proof["sealed"].update(anchors=[])),
        ("the last anchor is left out", "13.1", line, ENTRY, lambda proof: proof["sealed"]["anchors"].pop()),
        ("an anchor in the middle is left out", "13.1", line, ENTRY, lambda proof: proof["sealed"]["anchors"].pop(2)),
        ("two anchors as one", "13.1", line, ENTRY, lambda proof: proof["sealed"]["anchors"].pop(1)),
        (
            "the last anchor twice", "7", "segment size", ENTRY,
            lambda proof: proof["sealed"]["anchors"].append(proof["sealed"]["anchors"][-1]),
        ),
        ("an anchor's time is altered", "13.1", line, ENTRY, anchor_is(4, time="2026-04-01T12:00:00.000Z")),
        ("an anchor's time goes back", "13.1", "an anchor earlier", ENTRY, anchor_is(4, time="2026-04-01T08:00:00.000Z")),
        ("an anchor's records_size is altered", "13.1", line, ENTRY, anchor_is(3, records_size=8)),
        ("an anchor's to is altered", "13.1", line, ENTRY, anchor_is(4, to=18)),
        ("an anchor's to is a text", "7", "to", ENTRY, anchor_is(4, to="17")),
        ("an anchor with its from", "13.1", "members of an anchor", ENTRY, anchor_is(0, **{"from": 0})),
        ("an anchor with two hashes", "13.1", "not three hashes", ENTRY, anchor_is(4, hashes=pack(hashes[:2]))),
        ("an anchor with four hashes", "13.1", "not three hashes", ENTRY, anchor_is(4, hashes=pack([*hashes, hashes[0]]))),
        ("an anchor's hashes in another order", "13.1", line, ENTRY, anchor_is(4, hashes=pack([hashes[1], hashes[0], hashes[2]]))),
        (
            "another place in the directory", "13.1", line, ENTRY,
            lambda proof: directory_is(index=proof["sealed"]["directory"]["index"] + 1)(proof),
        ),
        ("a place beyond the directory", "13.1", line, ENTRY, directory_is(index=17)),
        ("a negative place", "13.1", "directory", ENTRY, directory_is(index=-1)),
        (
            "a hash of the directory's proof is missing", "13.1", line, ENTRY,
            lambda proof: directory_is(proof=on_list(lambda found: found[1:])(proof["sealed"]["directory"]["proof"]))(proof),
        ),
        (
            "a hash too many in the directory's proof", "13.1", line, ENTRY,
            lambda proof: directory_is(proof=on_list(lambda found: [*found, bytes(32)])(proof["sealed"]["directory"]["proof"]))(proof),
        ),
        ("the directory with its size", "13.1", "directory", ENTRY, directory_is(size=17)),
        ("sealed with the tenant", "13.1", "members of sealed", ENTRY, lambda proof: proof["sealed"].update(tenant="acme")),
        ("the seal before this one", "13.1", line, ENTRY, lambda proof: proof["sealed"].update(seal=world.operator.seals[-2].text)),
    ]


def seal_cases(world: World) -> list[Case]:
    """The directory's root stays what it is: what is wrong is the entry around it."""
    def data(**members: Any) -> Change:
        return seal_with(lambda seal: seal["data"].update(members))

    def seal(**members: Any) -> Change:
        return seal_with(lambda value: value.update(members))

    return [
        (
            "the seal's text is not canonical", "3", "seal", ENTRY,
            lambda proof: proof["sealed"].update(seal=proof["sealed"]["seal"].replace(":", ": ", 1)),
        ),
        (
            "the seal is not a text", "13.1", "seal", ENTRY,
            lambda proof: proof["sealed"].update(seal=canonical.parse(proof["sealed"]["seal"])),
        ),
        ("the seal is an entry of another type", "12", "not a seal", ENTRY, seal(type="log.key_added")),
        ("the seal is an entry of another log", "12", "not a seal", ENTRY, seal(tenant="acme")),
        ("the seal's number is not its position", "12", "number", ENTRY, data(number=6)),
        ("the seal's id is of another number", "12", "id", ENTRY, seal(id="seal:6")),
        ("the seal has a target", "12", "targets", ENTRY, seal(targets=[record("a")])),
        ("the seal has a sealed value", "12", "targets or sealed", ENTRY, seal(sealed={"note": "ab" * 32})),
        ("the seal has a fifth member in data", "12", "members", ENTRY, data(note="x")),
        ("the seal has no name of its directory", "12", "members", ENTRY, seal_with(lambda value: value["data"].pop("directory"))),
        ("the seal counts two tenants more", "13.1", "directory does not", ENTRY, data(directory_size=19)),
        ("the seal counts no tenants", "13.1", "directory does not", ENTRY, data(directory_size=0)),
    ]


def cases(world: World, proofs: dict[str, Value]) -> list[Bad]:
    listed = entry_cases(world) + sealed_cases(world) + seal_cases(world) + list_cases() + proof_histories.cases(world)
    return [(name, rule, reason, changed(proofs[base], change)) for name, rule, reason, base, change in listed]
