"""Proofs whose way to a signed checkpoint is wrong (SPEC sections 13.4 and 14.1)."""

from __future__ import annotations

import base64
from typing import Any

from sealtrail import merkle
from sealtrail.text import pack, unpack

from .proof_forgeries import Bad
from .prove import checkpoint, note_text
from .seeded import seeded
from .tlog_cases import LOG_NAME, LOG_SEED, NEXT_SEED, key, signed
from .world import Value, World

BASE = "an entry under a checkpoint"


def note_over(text: str, seed: bytes = LOG_SEED) -> str:
    return f"{text}\n{signed(text, key(LOG_NAME, 1, seed))}"


def cases(world: World, proofs: dict[str, Value]) -> list[Bad]:
    """What somebody signed, and does not lead from the seal to it, or is no checkpoint."""
    hashes = world.operator.hashes()
    size, root = len(hashes), merkle.root(hashes)
    good = proofs[BASE]["checkpoint"]
    path = unpack(good["proof"])
    text = note_text(size, root)
    origin, count, digest = text.splitlines()
    under = "the seal is not under the checkpoint"
    listed: list[tuple[str, str, str, Value]] = [
        ("a hash of the way to the checkpoint is altered", "13.4", under, {"proof": pack([seeded("way", 32), *path[1:]])}),
        ("a hash of the way to the checkpoint is missing", "13.4", under, {"proof": pack(path[:-1])}),
        (
            "the way is that of another seal", "13.4", under,
            {"proof": checkpoint(world.operator, world.operator.seals[-2])["proof"]},
        ),
        (
            "a checkpoint over the entries before the seal", "13.4", under,
            {"note": note_over(note_text(7, merkle.root(hashes[:7])))},
        ),
        ("a checkpoint with another root", "13.4", under, {"note": note_over(note_text(size, seeded("root", 32)))}),
        ("a checkpoint over one entry more", "13.4", under, {"note": note_over(note_text(size + 8, root))}),
        ("the way as an array", "13", "checkpoint", {"proof": [good["proof"]]}),
        ("a member too many of checkpoint", "13.4", "members", {"size": size}),
        ("time-stamps that are no list", "13.4", "timestamps", {"timestamps": {}}),
        ("17 time-stamps", "13.4", "timestamps", {"timestamps": ["MAA="] * 17}),
        ("a time-stamp that is no text", "13.4", "timestamps", {"timestamps": [7]}),
        ("a note with an extension line", "14.1", "three lines", {"note": note_over(f"{text}extension\n")}),
        ("a note without signatures", "14.1", "three lines", {"note": f"{text}"}),
        ("a note with line ends of another kind", "14.1", "", {"note": good["note"].replace("\n", "\r\n")}),
        ("a note that ends within a line", "14.1", "", {"note": good["note"][:-1]}),
        ("a size with a leading zero", "14.1", "size", {"note": note_over(f"{origin}\n0{count}\n{digest}\n")}),
        ("a size with a sign", "14.1", "size", {"note": note_over(f"{origin}\n+{count}\n{digest}\n")}),
        ("a root of 31 bytes", "14.1", "root", {"note": note_over(f"{origin}\n{count}\n{base64.b64encode(root[:31]).decode()}\n")}),
        ("an origin with a space", "14.1", "origin", {"note": note_over(f"the log\n{count}\n{digest}\n")}),
        ("a signature line with a hyphen", "14.1", "signature line", {"note": good["note"].replace("—", "-")}),
        ("101 signatures", "14.1", "too many", {"note": good["note"] + signed(text, key(LOG_NAME, 1, NEXT_SEED)) * 100}),
        ("a note that is no text", "13.4", "note", {"note": None}),
    ]
    return [(name, rule, reason, proofs[BASE] | {"checkpoint": good | change}) for name, rule, reason, change in listed]


def shape_cases(proofs: dict[str, Value]) -> list[Bad]:
    """What is no list of hashes whoever looks at it, also who was told of no key."""
    good = proofs[BASE]["checkpoint"]
    path = good["proof"]
    half = base64.b64encode(b"".join(unpack(path)) + bytes(16)).decode()
    listed = [("a line end", path + "\n"), ("half a hash more", half), ("one letter more", path + "A")]
    return [
        (f"the way to the checkpoint with {what}", "13", "checkpoint", proofs[BASE] | {"checkpoint": good | {"proof": text}})
        for what, text in listed
    ]


def signature_cases(world: World, proofs: dict[str, Value]) -> list[Bad]:
    """What only somebody notices who was told the log's key."""
    hashes = world.operator.hashes()
    good = proofs[BASE]["checkpoint"]
    text = note_text(len(hashes), merkle.root(hashes))
    own = key(LOG_NAME, 1, LOG_SEED)
    forged = signed(text, own | {"seed": NEXT_SEED.hex()})
    listed: list[tuple[str, str, str, Any]] = [
        ("no checkpoint", "13.4", "no checkpoint", None),
        ("signed by nobody who is known", "14.1", "no signature", {"note": note_over(text, NEXT_SEED)}),
        ("signed by somebody else in the log's name and key id", "14.1", "wrong signature", {"note": f"{text}\n{forged}"}),
        ("a wrong signature beside the right one", "14.1", "wrong signature", {"note": good["note"] + forged}),
        ("a signature of another text", "14.1", "wrong signature", {"note": f"{text}\n{signed(text[:-1], own)}"}),
        ("a checkpoint of another log with the same key", "14.1", "no signature", {"note": renamed(text, own)}),
    ]
    without = {name: value for name, value in proofs[BASE].items() if name != "checkpoint"}
    return [
        (name, rule, reason, without if change is None else without | {"checkpoint": good | change})
        for name, rule, reason, change in listed
    ]


def renamed(text: str, own: dict[str, str]) -> str:
    other = text.replace(LOG_NAME, "other.example/log")
    return f"{other}\n{signed(other, own)}"
