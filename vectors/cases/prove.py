"""Makes the proofs of SPEC section 13 from a log and a seal."""

from __future__ import annotations

import base64
from typing import Any

from sealtrail import canonical, merkle
from sealtrail.proofs import ENTRY_FORMAT, HISTORY_FORMAT
from sealtrail.ranges import range_proof
from sealtrail.records import record_key
from sealtrail.text import pack

from .tlog_cases import LOG_NAME, LOG_SEED, key, signed
from .world import Operator, Seal, TenantLog, Value


def sealed(log: TenantLog, first: int, seal: Seal) -> Value:
    """The run of anchors from number `first` to the one that the seal's directory names."""
    index = [line.tenant for line in seal.lines].index(log.tenant)
    run = log.anchors[first : seal.lines[index].anchors]
    start = {name: run[0][name] for name in ("number", "from", "prev")}
    proof = range_proof(index, index + 1, [line.leaf for line in seal.lines])
    directory = {"index": index, "proof": pack(proof)}
    return {"start": start, "anchors": [compact(anchor) for anchor in run], "directory": directory, "seal": seal.text}


def compact(anchor: Value) -> Value:
    hashes = [bytes.fromhex(anchor[name]) for name in ("entries_root", "records_root", "last")]
    return {"to": anchor["to"], "records_size": anchor["records_size"], "hashes": pack(hashes), "time": anchor["time"]}


def entry_proof(log: TenantLog, seq: int, seal: Seal) -> Value:
    anchor = next(item for item in log.anchors if item["from"] <= seq <= item["to"])
    hashes = [merkle.leaf_hash(canonical.encode_bytes(entry)) for entry in log.under(anchor)]
    path = merkle.inclusion_proof(seq - anchor["from"], hashes)
    return {
        "format": ENTRY_FORMAT, "entry": canonical.encode(log.entries[seq]), "path": pack(path),
        "sealed": sealed(log, anchor["number"], seal),
    }


def history_proof(log: TenantLog, record: Value, seal: Seal) -> Value:
    run = log.anchors[: next(line.anchors for line in seal.lines if line.tenant == log.tenant)]
    entries = [entry for entry in log.entries[: run[-1]["to"] + 1] if record in entry["targets"]]
    return {
        "format": HISTORY_FORMAT, "tenant": log.tenant, "record": record,
        "entries": [canonical.encode(entry) for entry in entries],
        "segments": [segment(log, number, record) for number in range(len(run))],
        "sealed": sealed(log, 0, seal),
    }


def segment(log: TenantLog, number: int, record: Value) -> Value:
    leaves = log.leaves(number)
    key_of = record_key(log.tenant, record["type"], record["id"])
    place = sum(leaf.key < key_of for leaf in leaves)
    if place < len(leaves) and leaves[place].key == key_of:
        return {"at": place, "leaves": "", "proof": pack(range_proof(place, place + 1, [leaf.leaf for leaf in leaves]))}
    return beside(leaves, max(place - 1, 0), min(place + 1, len(leaves)))


def beside(leaves: list[Any], start: int, end: int) -> Value:
    """The leaves `start` to `end - 1`, as neighbours of a record that is not there."""
    if not leaves:
        return {"at": 0, "leaves": "", "proof": ""}
    shown = [part for leaf in leaves[start:end] for part in (leaf.key, leaf.digest)]
    return {"at": start, "leaves": pack(shown), "proof": pack(range_proof(start, end, [leaf.leaf for leaf in leaves]))}


def checkpoint(operator: Operator, seal: Seal, seed: bytes = LOG_SEED) -> Value:
    """The member that leads from a seal to the log's checkpoint over all of its entries."""
    hashes = operator.hashes()
    text = note_text(len(hashes), merkle.root(hashes))
    proof = merkle.inclusion_proof(seal.entry["seq"], hashes)
    return {"proof": pack(proof), "note": f"{text}\n{signed(text, key(LOG_NAME, 1, seed))}", "timestamps": []}


def note_text(size: int, root: bytes) -> str:
    return f"{LOG_NAME}\n{size}\n{base64.b64encode(root).decode()}\n"
