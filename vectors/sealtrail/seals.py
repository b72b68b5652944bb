"""The operator's log (SPEC section 12): seals, and the directories that they are over."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Iterable, Sequence

from . import merkle
from .entry import Refused, is_hash, is_integer, is_object, is_reference, parse_entry

TENANT = "~seals"
TYPE = "log.sealed"
MEMBERS = {"number", "directory", "directory_root", "directory_size"}
NO_ANCHOR = bytes(32)


@dataclass(frozen=True)
class Line:
    """What a directory says of one tenant."""

    tenant: str
    anchors: int
    entries: int
    last: bytes

    @property
    def key(self) -> bytes:
        return tenant_key(self.tenant)

    @property
    def leaf(self) -> bytes:
        return directory_leaf(self.key, self.anchors, self.entries, self.last)


def tenant_key(tenant: str) -> bytes:
    return merkle.sha256(b"\x05" + tenant.encode())


def directory_leaf(key: bytes, anchors: int, entries: int, last: bytes) -> bytes:
    return merkle.leaf_hash(key + struct.pack(">QQ", anchors, entries) + last)


def in_order(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: line.key)


def directory_root(lines: Sequence[Line]) -> bytes:
    return merkle.root([line.leaf for line in lines])


def parse_seal(text: bytes) -> dict[str, Any]:
    """The entry of a seal; raises Refused with `seal_malformed` where section 12 is broken."""
    entry = parse_entry(text)
    if entry["tenant"] != TENANT or entry["type"] != TYPE:
        raise Refused("seal_malformed", "not a seal")
    data = entry["data"]
    if not is_object(data, MEMBERS):
        raise Refused("seal_malformed", "not exactly the members")
    if not is_integer(data["number"]) or data["number"] != entry["seq"]:
        raise Refused("seal_malformed", "number")
    if entry["id"] != f"seal:{int(data['number'])}":
        raise Refused("seal_malformed", "id")
    if entry["targets"] or entry["sealed"]:
        raise Refused("seal_malformed", "targets or sealed values")
    if not is_hash(data["directory_root"]) or not is_integer(data["directory_size"]) or not is_reference(data["directory"]):
        raise Refused("seal_malformed", "directory")
    return entry


def fold(seals: Sequence[dict[str, Any]], changes: Sequence[dict[str, Any]]) -> list[list[Line]]:
    """The directory of each seal, made from the stored changes (12.2)."""
    names = {int(seal["data"]["number"]): seal["data"]["directory"] for seal in seals}
    current: dict[str, Line] = {}
    directories = []
    for number in sorted(names):
        for row in changes:
            if row["seal"] == number and row["directory"] == names[number]:
                last = bytes.fromhex(row["last"])
                current[row["tenant"]] = Line(row["tenant"], int(row["anchors"]), int(row["entries"]), last)
        directories.append(in_order(current.values()))
    return directories


def mismatches(seals: Sequence[dict[str, Any]], changes: Sequence[dict[str, Any]]) -> list[int]:
    """Numbers of the seals whose directory is not what the changes give, or sets a tenant back (12.3)."""
    wrong = []
    before: dict[str, Line] = {}
    for seal, lines in zip(seals, fold(seals, changes), strict=True):
        data = seal["data"]
        agrees = directory_root(lines).hex() == data["directory_root"] and len(lines) == data["directory_size"]
        if not agrees or any(is_set_back(before.get(line.tenant), line) for line in lines):
            wrong.append(int(data["number"]))
        before = {line.tenant: line for line in lines}
    return wrong


def is_set_back(old: Line | None, new: Line) -> bool:
    if old is None:
        return False
    return new.anchors < old.anchors or (new.anchors == old.anchors and new.last != old.last)
