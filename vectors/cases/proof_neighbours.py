"""Proofs that a record is not in a segment: neighbours that are none, and trees that are not sorted."""

from __future__ import annotations

from typing import Any, Sequence

from sealtrail import merkle
from sealtrail.ranges import range_proof
from sealtrail.records import record_key
from sealtrail.text import pack

from .proof_forgeries import Bad, sealed_again
from .prove import history_proof
from .seeded import seeded
from .world import TenantLog, Value, World, record

SEGMENT = 3  # of acme; seven records


def shown(leaves: Sequence[Any], start: int, end: int) -> Value:
    proof = range_proof(start, end, [leaf.leaf for leaf in leaves])
    return {"at": start, "leaves": pack(parts(*leaves[start:end])), "proof": pack(proof)}


def parts(*leaves: Any) -> list[bytes]:
    return [part for leaf in leaves for part in (leaf.key, leaf.digest)]


def reordered(log: TenantLog, order: Sequence[int]) -> list[Any]:
    """A records tree whose leaves stand in another order, and an anchor over it."""
    sorted_leaves = log.leaves(SEGMENT)
    leaves = [sorted_leaves[index] for index in order]
    log.anchors[SEGMENT]["records_root"] = merkle.root([leaf.leaf for leaf in leaves]).hex()
    log.relink()
    return leaves


def with_segment(proof: Value, segment: Value) -> Value:
    segments = [segment if number == SEGMENT else item for number, item in enumerate(proof["segments"])]
    return proof | {"segments": segments}


def without_segment(log: TenantLog, proof: Value) -> Value:
    """The proof without the entries of the segment."""
    anchor = log.anchors[SEGMENT]
    seqs = [entry["seq"] for entry in log.entries if proof["record"] in entry["targets"] and entry["seq"] <= log.anchors[-1]["to"]]
    kept = [text for seq, text in zip(seqs, proof["entries"], strict=True) if not anchor["from"] <= seq <= anchor["to"]]
    return proof | {"entries": kept}


def unsorted_case(world: World, missing: Value, order: Sequence[int], start: int) -> Value:
    log = world.logs["acme"].clone()
    leaves = reordered(log, order)
    return with_segment(history_proof(log, missing, sealed_again(world, log)), shown(leaves, start, start + 2))


def cases(world: World, missing: Value) -> list[Bad]:
    """`missing` lies between leaves 2 and 3 of the segment's seven."""
    acme = world.logs["acme"]
    leaves = acme.leaves(SEGMENT)
    seal = sealed_again(world, acme)
    proof = history_proof(acme, missing, seal)
    true = shown(leaves, 2, 4)

    def span(start: int, end: int) -> Value:
        return with_segment(proof, shown(leaves, start, end))

    def changed(members: Value) -> Value:
        return with_segment(proof, true | members)

    hidden = without_segment(acme, history_proof(acme, record("e"), seal))
    own = [leaf.id for leaf in leaves].index("d-e")
    between, outside, stand = "the record is not between", "the record is not outside", "do not stand there"
    count = "not one or two leaves"
    found = [
        ("sealed: two neighbours in the wrong order", between, unsorted_case(world, missing, [0, 1, 3, 2, 4, 5, 6], 2)),
        ("sealed: a tree turned around its middle", between, unsorted_case(world, missing, [3, 4, 5, 6, 0, 1, 2], 3)),
        ("two neighbours, both below the record", between, span(1, 3)),
        ("two neighbours, both above the record", between, span(3, 5)),
        ("the first leaf alone, which is below the record", outside, span(0, 1)),
        ("the last leaf alone, which is above the record", outside, span(6, 7)),
        ("one leaf below the record, which is not the last", outside, span(2, 3)),
        ("one leaf above the record, which is not the first", outside, span(3, 4)),
        ("three leaves around the record", count, span(2, 5)),
        ("all leaves of the segment", count, span(0, 7)),
        ("no leaf, where the segment has some", count, changed({"leaves": ""})),
        ("a leaf and a half", count, changed({"leaves": pack(parts(*leaves[2:4])[:3])})),
        (
            "the leaf hashes in place of keys and digests", between,
            changed({"leaves": pack([leaf.leaf for leaf in leaves[2:4]] * 2)}),
        ),
        (
            "neighbours that are not: the leaf between them is left out", stand,
            changed({"leaves": pack(parts(leaves[2], leaves[4]))}),
        ),
        ("neighbours at another place", stand, changed({"at": 3})),
        (
            "another digest of a neighbour", stand,
            changed({"leaves": pack([leaves[2].key, seeded("digest", 32), *parts(leaves[3])])}),
        ),
        ("the proof for one leaf only", stand, changed({"proof": shown(leaves, 2, 3)["proof"]})),
        (
            "a hash too many in a segment's proof", stand,
            changed({"proof": pack(range_proof(2, 4, [leaf.leaf for leaf in leaves]) + [bytes(32)])}),
        ),
        ("at is beyond the tree", stand, changed({"at": 6})),
        ("the record's own leaf as a neighbour", between, with_segment(hidden, shown(leaves, own - 1, own + 1))),
        ("the record's own leaf alone", outside, with_segment(hidden, shown(leaves, own, own + 1))),
        ("a touched record, between the leaves around its own", stand, with_segment(hidden, skipping(leaves, own))),
    ]
    return [(name, "13.3", reason, value) for name, reason, value in found]


def skipping(leaves: Sequence[Any], place: int) -> Value:
    """The leaves on both sides, as if the one between them were not there."""
    others = [leaf for index, leaf in enumerate(leaves) if index != place]
    return shown(others, place - 1, place + 1)


def beyond(world: World) -> dict[str, Value]:
    """What no proof can show: that the tree was sorted. This one hides an entry, and its verdict is valid."""
    log = world.logs["acme"].clone()
    place = [leaf.id for leaf in log.leaves(SEGMENT)].index("d-e")
    others = [index for index in range(7) if index != place]
    leaves = reordered(log, [*others, place])
    key = record_key("acme", "deal", "d-e")
    start = next(index for index in range(5) if leaves[index].key < key < leaves[index + 1].key)
    proof = without_segment(log, history_proof(log, record("e"), sealed_again(world, log)))
    name = "beyond a proof: entries are hidden in a tree that is not sorted"
    return {name: with_segment(proof, shown(leaves, start, start + 2))}
