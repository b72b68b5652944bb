"""The records tree of a segment (SPEC section 6) and the anchor over it (section 7)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Sequence

from . import canonical, merkle
from .entry import ZERO_HASH, hash_value

MAX_SEGMENT_TARGETS = 262_144


@dataclass(frozen=True)
class Touch:
    """What the records tree needs to know of one entry."""

    seq: int
    hash: bytes
    targets: Sequence[dict[str, str]]


@dataclass(frozen=True)
class RecordLeaf:
    type: str
    id: str
    key: bytes
    positions: tuple[int, ...]
    digest: bytes
    leaf: bytes


def key_input(tenant: str, kind: str, ident: str) -> bytes:
    return b"\x03" + canonical.encode_bytes({"id": ident, "tenant": tenant, "type": kind})


def record_key(tenant: str, kind: str, ident: str) -> bytes:
    return merkle.sha256(key_input(tenant, kind, ident))


def touch_input(touches: Sequence[Touch]) -> bytes:
    return b"\x04" + b"".join(struct.pack(">Q", int(touch.seq)) + touch.hash for touch in touches)


def record_leaves(tenant: str, entries: Sequence[Touch]) -> list[RecordLeaf]:
    """The leaves of the records tree in their order; entries ascend by position."""
    touched: dict[tuple[str, str], list[Touch]] = {}
    for entry in entries:
        for target in entry.targets:
            touched.setdefault((target["type"], target["id"]), []).append(entry)
    leaves = []
    for (kind, ident), touches in touched.items():
        key = record_key(tenant, kind, ident)
        digest = merkle.sha256(touch_input(touches))
        positions = tuple(int(touch.seq) for touch in touches)
        leaves.append(RecordLeaf(kind, ident, key, positions, digest, merkle.leaf_hash(key + digest)))
    return sorted(leaves, key=lambda leaf: leaf.key)


def records_root(leaves: Sequence[RecordLeaf]) -> bytes:
    return merkle.root([leaf.leaf for leaf in leaves])


def touch_of(entry: dict[str, Any]) -> Touch:
    return Touch(int(entry["seq"]), hash_value(entry), entry["targets"])


def build_anchor(
    entries: Sequence[dict[str, Any]], number: int, previous: dict[str, Any] | None, time: str
) -> dict[str, Any]:
    """The anchor over entries that have been checked."""
    touches = [touch_of(entry) for entry in entries]
    tenant = entries[0]["tenant"]
    leaves = record_leaves(tenant, touches)
    return {
        "v": 1,
        "tenant": tenant,
        "number": number,
        "from": touches[0].seq,
        "to": touches[-1].seq,
        "entries_root": merkle.root([touch.hash for touch in touches]).hex(),
        "records_root": records_root(leaves).hex(),
        "records_size": len(leaves),
        "last": touches[-1].hash.hex(),
        "prev": hash_value(previous).hex() if previous else ZERO_HASH,
        "time": time,
    }
