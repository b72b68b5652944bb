"""Sealed values (SPEC section 4): commitments and openings."""

from __future__ import annotations

import re
from typing import Any

from . import canonical
from .entry import is_field_name, is_object
from .merkle import sha256

SALT = re.compile(r"[0-9a-f]{32}")
MAX_VALUE_BYTES = 1_048_576
MAX_OPENINGS_BYTES = 4_194_304
OPENINGS_DEPTH = canonical.MAX_DEPTH + 2


def commitment_input(salt: bytes, value: Any) -> bytes:
    return b"\x02" + salt + canonical.encode_bytes(value)


def commitment(salt: bytes, value: Any) -> bytes:
    return sha256(commitment_input(salt, value))


def is_opening(value: Any) -> bool:
    if not is_object(value, {"salt", "value"}):
        return False
    if not isinstance(value["salt"], str) or not SALT.fullmatch(value["salt"]):
        return False
    try:
        return len(canonical.encode_bytes(value["value"])) <= MAX_VALUE_BYTES
    except canonical.NotCanonical:
        return False  # nested too deeply


def are_openings(value: Any) -> bool:
    if not isinstance(value, dict) or not all(is_field_name(name) for name in value):
        return False
    if not all(is_opening(opening) for opening in value.values()):
        return False
    return len(canonical.encode_bytes(value, OPENINGS_DEPTH)) <= MAX_OPENINGS_BYTES


def check_openings(sealed: dict[str, str], openings: Any) -> list[str]:
    """Finding codes for the openings that are there; `missing` names the sealed fields without one."""
    if not are_openings(openings):
        return ["opening_malformed"]
    codes = []
    for name, opening in openings.items():
        if name not in sealed:
            codes.append("opening_unexpected")
        elif commitment(bytes.fromhex(opening["salt"]), opening["value"]).hex() != sealed[name]:
            codes.append("opening_mismatch")
    return codes


def missing(sealed: dict[str, str], openings: Any) -> set[str]:
    return set(sealed) - set(openings) if are_openings(openings) else set()
