"""Entry and history proofs (SPEC sections 13.2 and 13.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import checkpoints, merkle, records, text
from .entry import Refused, hash_value, is_integer, is_name, is_object, is_record, parse_entry
from .ranges import verify_range
from .sealed_anchors import Invalid, Sealed, check_sealed, demand, hashes

ENTRY_FORMAT = "sealtrail-entry-proof/1"
HISTORY_FORMAT = "sealtrail-history-proof/1"


@dataclass
class Proved:
    tenant: str
    record: dict[str, str] | None  # None: a proof for one entry
    entries: list[dict[str, Any]]
    sealed: Sealed
    checkpoint: checkpoints.Vouched | None  # None also where it was not looked at


def verify_proof(data: bytes, vkeys: list[str] = []) -> Proved:
    """What a proof shows; raises Invalid. With keys it has to lead to a checkpoint that one of them signed."""
    try:
        value = text.parse(data)
    except text.Malformed as error:
        raise Invalid("13", str(error)) from error
    return check_proof(value, vkeys)


def check_proof(value: Any, vkeys: list[str] = []) -> Proved:
    kind = value.get("format") if isinstance(value, dict) else None
    demand(kind in (ENTRY_FORMAT, HISTORY_FORMAT), "13", "format")
    proved = check_entry_proof(value) if kind == ENTRY_FORMAT else check_history_proof(value)
    if "checkpoint" in value:
        proved.checkpoint = checkpoints.check_member(value["checkpoint"], proved.sealed.seal, vkeys)
    else:
        demand(not vkeys, "13.4", "no checkpoint")
    return proved


def read_entry(value: Any) -> dict[str, Any]:
    demand(isinstance(value, str), "13", "an entry is not a text")
    try:
        return parse_entry(value.encode("utf-8", "surrogatepass"))
    except Refused as error:
        raise Invalid("3", f"entry: {error.detail}") from error


def check_entry_proof(value: dict[str, Any]) -> Proved:
    demand(is_object(value, {"format", "entry", "path", "sealed"}, {"checkpoint"}), "13.2", "members")
    entry = read_entry(value["entry"])
    sealed = check_sealed(entry["tenant"], value["sealed"])
    anchor = sealed.anchors[0]
    first, last, seq = int(anchor["from"]), int(anchor["to"]), int(entry["seq"])
    demand(first <= seq <= last, "13.2", "the run does not begin with the anchor of the entry's segment")
    path = hashes(value["path"], "13", "path")
    root = bytes.fromhex(anchor["entries_root"])
    shown = merkle.verify_inclusion(seq - first, last - first + 1, hash_value(entry), path, root)
    demand(shown, "13.2", "path")
    return Proved(entry["tenant"], None, [entry], sealed, None)


def check_history_proof(value: dict[str, Any]) -> Proved:
    members = {"format", "tenant", "record", "entries", "segments", "sealed"}
    demand(is_object(value, members, {"checkpoint"}), "13.3", "members")
    tenant, record = value["tenant"], value["record"]
    demand(is_name(tenant) and is_record(record), "13.3", "tenant or record")
    sealed = check_sealed(tenant, value["sealed"])
    demand(sealed.anchors[0]["number"] == 0, "13.3", "the run does not begin with anchor 0")
    entries = read_entries(value["entries"], tenant, record, int(sealed.anchors[-1]["to"]))
    segments = value["segments"]
    one_each = isinstance(segments, list) and len(segments) == len(sealed.anchors)
    demand(one_each, "13.3", "not one segment for each anchor")
    for anchor, segment in zip(sealed.anchors, segments, strict=True):
        inside = [entry for entry in entries if anchor["from"] <= entry["seq"] <= anchor["to"]]
        check_segment(tenant, record, anchor, inside, segment)
    return Proved(tenant, record, entries, sealed, None)


def read_entries(value: Any, tenant: str, record: dict[str, str], last: int) -> list[dict[str, Any]]:
    demand(isinstance(value, list), "13.3", "entries")
    entries = [read_entry(item) for item in value]
    for entry in entries:
        demand(entry["tenant"] == tenant, "13.3", "an entry of another tenant")
        demand(record in entry["targets"], "13.3", "an entry that does not touch the record")
        demand(entry["seq"] <= last, "13.3", "an entry under no anchor")
    positions = [entry["seq"] for entry in entries]
    ascending = all(low < high for low, high in zip(positions, positions[1:]))
    demand(ascending, "13.3", "entries do not ascend")
    return entries


def check_segment(
    tenant: str, record: dict[str, str], anchor: dict[str, Any], inside: list[dict[str, Any]], segment: Any
) -> None:
    demand(is_object(segment, {"at", "leaves", "proof"}) and is_integer(segment["at"]), "13.3", "members of a segment")
    at, size = int(segment["at"]), int(anchor["records_size"])
    leaves, proof = hashes(segment["leaves"], "13", "leaves"), hashes(segment["proof"], "13", "proof")
    key = records.record_key(tenant, record["type"], record["id"])
    if inside:
        demand(not leaves, "13.3", "leaves beside entries")
        digest = merkle.sha256(records.touch_input([records.touch_of(entry) for entry in inside]))
        shown = [merkle.leaf_hash(key + digest)]
    elif size == 0:
        demand(at == 0 and not leaves and not proof, "13.3", "something of an empty tree")
        return
    else:
        shown = neighbours(key, at, size, leaves)
    root = bytes.fromhex(anchor["records_root"])
    demand(verify_range(at, size, shown, proof, root), "13.3", "the leaves do not stand there")


def neighbours(key: bytes, at: int, size: int, leaves: list[bytes]) -> list[bytes]:
    """Leaf hashes of the records beside one that is not there."""
    demand(len(leaves) in (2, 4), "13.3", "not one or two leaves")
    keys = leaves[::2]
    if len(keys) == 2:
        demand(keys[0] < key < keys[1], "13.3", "the record is not between the two")
    else:
        before_all, after_all = key < keys[0] and at == 0, keys[0] < key and at == size - 1
        demand(before_all or after_all, "13.3", "the record is not outside the first or last leaf")
    return [merkle.leaf_hash(key + digest) for key, digest in zip(leaves[::2], leaves[1::2], strict=True)]
