"""Proofs of what was built badly and sealed all the same, by whoever can write the operator's log."""

from __future__ import annotations

from typing import Callable

from sealtrail import merkle, seals
from sealtrail.entry import hash_value
from sealtrail.records import records_root
from sealtrail.seals import Line

from .prove import entry_proof, history_proof
from .world import Seal, TenantLog, Value, World, build_tenant, make_seal, record

Bad = tuple[str, str, str, Value]  # name, section, reason, proof


def sealed_again(world: World, log: TenantLog) -> Seal:
    """A seal over what the log's anchors say now."""
    others = [line for line in world.operator.seals[-1].lines if line.tenant != log.tenant]
    return make_seal(9, [*others, log.line(len(log.anchors))])


def anchor_cases(world: World) -> list[Bad]:
    def case(name: str, rule: str, reason: str, number: int, alter: Callable[[Value], Value]) -> Bad:
        log = world.logs["acme"].clone()
        anchor = log.anchors[number]
        anchor.update(alter(anchor))
        log.relink()
        return f"sealed: {name}", rule, reason, history_proof(log, record("d"), sealed_again(world, log))

    def earlier(number: int) -> str:
        """The last instant before the anchor with this number (its own second is 30)."""
        return world.logs["acme"].anchors[number]["time"].replace(":30.000Z", ":29.999Z")

    back = "an anchor earlier"
    return [
        case("the second anchor is a millisecond before the first", "13.1", back, 1, lambda _: {"time": earlier(0)}),
        case("the last anchor is a millisecond before the one before", "13.1", back, 4, lambda _: {"time": earlier(3)}),
        case("the first anchor is after the second", "13.1", back, 0, lambda _: {"time": "2026-04-02T08:00:00.000Z"}),
        case("an anchor's time is no day", "13.1", "time of an anchor", 4, lambda _: {"time": "2026-04-31T10:00:00.000Z"}),
        case("an anchor over 65,537 entries", "7", "segment size", 4, lambda anchor: {"to": anchor["from"] + 65_536}),
        case("an anchor that ends before it begins", "7", "segment size", 4, lambda anchor: {"to": anchor["from"] - 1}),
        case("records_size is no integer", "7", "records_size", 4, lambda _: {"records_size": 2.5}),
        case("records_size is negative", "7", "records_size", 1, lambda _: {"records_size": -1}),
        case("the leaves are counted one too few", "13.3", "do not stand there", 3, lambda _: {"records_size": 6}),
    ]


def order_cases(world: World) -> list[Bad]:
    """Trees over entries that do not ascend."""

    def case(name: str, alter: Callable[[Value, Value], None]) -> Bad:
        log = world.logs["acme"].clone()
        number, first, second = two_of_one_record(log)
        target = log.entries[first]["targets"][0]
        alter(log.entries[first], log.entries[second])
        anchor, leaves = log.anchors[number], log.leaves(number)
        anchor["entries_root"] = merkle.root([hash_value(entry) for entry in log.under(anchor)]).hex()
        anchor["records_root"], anchor["records_size"] = records_root(leaves).hex(), len(leaves)
        log.relink()
        return f"sealed: {name}", "13.3", "do not ascend", history_proof(log, target, sealed_again(world, log))

    def exchange(first: Value, second: Value) -> None:
        first["seq"], second["seq"] = second["seq"], first["seq"]

    return [
        case("two entries of a segment in descending order", exchange),
        case("two entries of a segment at one position", lambda first, second: second.update(seq=first["seq"])),
    ]


def two_of_one_record(log: TenantLog) -> tuple[int, int, int]:
    """The number of a segment, and the positions of two entries in it with the same first target."""
    for anchor in log.anchors:
        seen: dict[str, int] = {}
        for entry in log.under(anchor):
            for target in entry["targets"][:1]:
                if target["id"] in seen:
                    return anchor["number"], seen[target["id"]], entry["seq"]
                seen[target["id"]] = entry["seq"]
    raise AssertionError("no segment has two")


def directory_cases(world: World) -> list[Bad]:
    acme = world.logs["acme"]
    others = [line for line in world.operator.seals[-1].lines if line.tenant != "acme"]
    true = acme.line(5)

    def case(name: str, line: Line) -> Bad:
        proof = entry_proof(acme, 15, make_seal(9, [*others, line]))
        return f"sealed: {name}", "13.1", "the directory does not have this line there", proof

    own = build_tenant(seals.TENANT, [["a", ""]])
    again = sealed_again(world, own)
    return [
        case("the directory counts one entry less", Line("acme", 5, true.entries - 1, true.last)),
        case("the directory counts the last position", Line("acme", 5, acme.anchors[4]["to"] + 2, true.last)),
        case("the directory has the last entry's hash", Line("acme", 5, true.entries, bytes.fromhex(acme.anchors[4]["last"]))),
        case("the directory has the anchor before", Line("acme", 5, true.entries, hash_value(acme.anchors[3]))),
        ("sealed: an entry of the tenant ~seals, in a directory that has it", "13.1", "~seals", entry_proof(own, 1, again)),
        ("sealed: a history of the tenant ~seals", "13.1", "~seals", history_proof(own, record("a"), again)),
    ]


def cases(world: World) -> list[Bad]:
    return anchor_cases(world) + order_cases(world) + directory_cases(world)
