"""Signed checkpoints (SPEC section 14.1) and the member of a proof that leads to one (13.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from . import ed25519, merkle, text
from .entry import MAX_SAFE, hash_value, is_object
from .sealed_anchors import Invalid, demand, hashes

ED25519 = 1
MAX_SIGNATURES = 100
MAX_CHARACTERS = 1_000_000
MAX_TOKENS = 16
MAX_TOKEN_CHARACTERS = 400_000
SIZE = re.compile(r"0|[1-9][0-9]*")
SIGNATURE = re.compile(r"— ([^ +\n]+) ([A-Za-z0-9+/=]+)")


@dataclass
class Vouched:
    origin: str
    size: int
    signed_by: list[str]  # names of the keys that were told of and signed
    timestamps: int  # tokens that are there; they are not verified here


@dataclass
class Note:
    origin: str
    size: int
    root: bytes
    text: str
    signatures: list[tuple[str, bytes, bytes]]  # name, key id, signature


def is_key_name(name: str) -> bool:
    return 0 < len(name) <= 256 and "+" not in name and not any(char.isspace() for char in name)


def parse_vkey(vkey: str) -> tuple[str, bytes, bytes]:
    """Name, id and public key of a C2SP verifier key."""
    name, ident, key = vkey.split("+", 2)
    data = text.from_base64(key)
    computed = merkle.sha256(name.encode() + b"\n" + data)[:4]
    if not is_key_name(name) or len(data) != 33 or data[0] != ED25519 or computed.hex() != ident:
        raise ValueError("not a verifier key for Ed25519")
    return name, computed, data[1:]


def parse_note(value: Any) -> Note:
    demand(isinstance(value, str) and len(value) <= MAX_CHARACTERS, "14.1", "note")
    body, mark, tail = value.partition("\n\n")
    lines = body.split("\n")
    demand(mark != "" and len(lines) == 3 and tail.endswith("\n"), "14.1", "not three lines and signatures")
    origin, size, root = lines
    demand(is_key_name(origin), "14.1", "origin")
    demand(SIZE.fullmatch(size) is not None and int(size) <= MAX_SAFE, "14.1", "size")
    signatures = [parse_signature(line) for line in tail[:-1].split("\n")]
    demand(len(signatures) <= MAX_SIGNATURES, "14.1", "too many signatures")
    digest = base64_of(root, "root")
    demand(len(digest) == merkle.HASH_BYTES, "14.1", "root")
    return Note(origin, int(size), digest, body + "\n", signatures)


def parse_signature(line: str) -> tuple[str, bytes, bytes]:
    match = SIGNATURE.fullmatch(line)
    if match is None or not is_key_name(match[1]):
        raise Invalid("14.1", "signature line")
    data = base64_of(match[2], "signature")
    demand(len(data) > 4, "14.1", "signature")
    return match[1], data[:4], data[4:]


def base64_of(value: str, detail: str) -> bytes:
    try:
        return text.from_base64(value)
    except text.Malformed as error:
        raise Invalid("14.1", detail) from error


def signers(note: Note, vkeys: list[str]) -> list[str]:
    """Names of the keys that signed; a wrong signature of one of them, or none of any, is refused."""
    found = []
    for name, ident, key in map(parse_vkey, vkeys):
        for signature in (item[2] for item in note.signatures if item[:2] == (name, ident) and name == note.origin):
            demand(ed25519.verify(key, note.text.encode(), signature), "14.1", "a wrong signature of a known key")
            found.append(name)
    demand(len(found) > 0, "14.1", "no signature of a known key")
    return found


def check_member(value: Any, seal: dict[str, Any], vkeys: list[str]) -> Vouched | None:
    """What a checkpoint says for the seal. Whoever was told of no keys looks at its members and no further."""
    demand(is_object(value, {"proof", "note", "timestamps"}), "13.4", "members of checkpoint")
    tokens = value["timestamps"]
    demand(isinstance(tokens, list) and len(tokens) <= MAX_TOKENS and all(map(is_token, tokens)), "13.4", "timestamps")
    path = hashes(value["proof"], "13", "checkpoint")
    demand(isinstance(value["note"], str), "13.4", "note")
    if not vkeys:
        return None
    note = parse_note(value["note"])
    signed_by = signers(note, vkeys)
    shown = merkle.verify_inclusion(int(seal["data"]["number"]), note.size, hash_value(seal), path, note.root)
    demand(shown, "13.4", "the seal is not under the checkpoint")
    return Vouched(note.origin, note.size, signed_by, len(tokens))


def is_token(value: Any) -> bool:
    """Nobody here has certificates to read one with."""
    return isinstance(value, str) and len(value) <= MAX_TOKEN_CHARACTERS
