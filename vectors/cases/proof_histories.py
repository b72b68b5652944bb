"""History proofs with one thing changed."""

from __future__ import annotations

from typing import Any

from sealtrail import canonical, merkle
from sealtrail.text import pack

from .proof_change import Case, Change, edited, on_list
from .prove import sealed
from .world import World, record

HISTORY = "a record in several segments"
EMPTY = "no entry, in a log without records"


def cases(world: World) -> list[Case]:
    acme, beta, newest = world.logs["acme"], world.logs["beta"], world.operator.seals[-1]
    stand, members = "do not stand there", "members"
    own = record("a")
    seqs = [entry["seq"] for entry in acme.entries if own in entry["targets"] and entry["seq"] <= 17]

    late = sum(seq <= acme.anchors[0]["to"] for seq in seqs)

    def without(seq: int) -> Change:
        return lambda proof: proof["entries"].pop(seqs.index(seq))

    def segment_is(index: int, **changes: Any) -> Change:
        return lambda proof: proof["segments"][index].update(changes)

    leaf = acme.leaves(3)[0]
    touching = {"targets": [own]}
    return [
        ("the digest is over one entry too few, the first", "13.3", stand, HISTORY, without(8)),
        ("the digest is over one entry too few, the last", "13.3", stand, HISTORY, without(15)),
        ("the first entry of the history is left out", "13.3", stand, HISTORY, without(1)),
        (
            "an entry is altered", "13.3", stand, HISTORY,
            lambda proof: proof["entries"].__setitem__(1, edited(proof["entries"][1], lambda entry: entry["data"].update(n=4))),
        ),
        (
            "two entries exchanged", "13.3", "ascend", HISTORY,
            lambda proof: proof["entries"].__setitem__(slice(0, 2), proof["entries"][1::-1]),
        ),
        ("an entry twice", "13.3", "ascend", HISTORY, lambda proof: proof["entries"].insert(1, proof["entries"][0])),
        (
            "an entry that does not touch the record", "13.3", "does not touch", HISTORY,
            lambda proof: proof["entries"].insert(1, canonical.encode(acme.entries[2])),
        ),
        (
            "an entry that is made to touch the record", "13.3", stand, HISTORY,
            lambda proof: proof["entries"].insert(1, canonical.encode(acme.entries[2] | touching)),
        ),
        (
            "an entry of another tenant", "13.3", "another tenant", HISTORY,
            lambda proof: proof["entries"].insert(1, canonical.encode(beta.entries[1])),
        ),
        (
            "an entry under no anchor", "13.3", "under no anchor", HISTORY,
            lambda proof: proof["entries"].append(canonical.encode(acme.entries[18])),
        ),
        (
            "an entry that is not canonical", "3", "entry", HISTORY,
            lambda proof: proof["entries"].__setitem__(0, " " + proof["entries"][0]),
        ),
        ("entries that are no list", "13.3", "entries", HISTORY, lambda proof: proof.update(entries={})),
        ("a segment too few", "13.3", "not one segment", HISTORY, lambda proof: proof["segments"].pop()),
        (
            "a segment too many", "13.3", "not one segment", HISTORY,
            lambda proof: proof["segments"].append({"at": 0, "leaves": "", "proof": ""}),
        ),
        (
            "two segments exchanged", "13.3", "", HISTORY,
            lambda proof: proof["segments"].__setitem__(slice(0, 2), proof["segments"][1::-1]),
        ),
        ("a segment with a member too many", "13.3", members, HISTORY, segment_is(0, size=4)),
        ("at is negative", "13.3", members, HISTORY, segment_is(0, at=-1)),
        ("at is a text", "13.3", members, HISTORY, segment_is(0, at="0")),
        (
            "the record's leaf at another place", "13.3", stand, HISTORY,
            lambda proof: segment_is(3, at=(proof["segments"][3]["at"] + 1) % 7)(proof),
        ),
        ("leaves beside entries", "13.3", "leaves beside entries", HISTORY, segment_is(3, leaves=pack([leaf.key, leaf.digest]))),
        (
            "a hash too many beside entries", "13.3", stand, HISTORY,
            lambda proof: segment_is(3, proof=on_list(lambda found: [*found, bytes(32)])(proof["segments"][3]["proof"]))(proof),
        ),
        ("an empty tree at another place", "13.3", "empty tree", EMPTY, segment_is(0, at=1)),
        ("a leaf of an empty tree", "13.3", "empty tree", EMPTY, segment_is(0, leaves=pack([leaf.key, leaf.digest]))),
        ("a proof in an empty tree", "13.3", "empty tree", EMPTY, segment_is(0, proof=pack([merkle.sha256(b"")]))),
        (
            "the run begins with anchor 1", "13.3", "does not begin with anchor 0", HISTORY,
            lambda proof: proof.update(sealed=sealed(acme, 1, newest), segments=proof["segments"][1:], entries=proof["entries"][late:]),
        ),
        ("another record", "13.3", "does not touch", HISTORY, lambda proof: proof.update(record=record("b"))),
        ("another record, and no entries", "13.3", "", HISTORY, lambda proof: proof.update(record=record("b"), entries=[])),
        ("no entries", "13.3", "not one or two leaves", HISTORY, lambda proof: proof.update(entries=[])),
        ("the record's type in capitals", "13.3", "tenant or record", HISTORY, lambda proof: proof["record"].update(type="Deal")),
        ("the record has a third member", "13.3", "tenant or record", HISTORY, lambda proof: proof["record"].update(name="x")),
        ("the record's id is empty", "13.3", "tenant or record", HISTORY, lambda proof: proof["record"].update(id="")),
        ("the tenant is no name", "13.3", "tenant or record", HISTORY, lambda proof: proof.update(tenant="a b")),
        ("another tenant", "13.1", "directory", HISTORY, lambda proof: proof.update(tenant="beta")),
        (
            "a history that calls itself an entry proof", "13.2", members, HISTORY,
            lambda proof: proof.update(format="sealtrail-entry-proof/1"),
        ),
        ("a member too many in a history", "13.3", members, HISTORY, lambda proof: proof.update(through=17)),
    ]
