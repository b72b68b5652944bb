"""The text of a proof (SPEC section 13): JSON without a name twice in an object, and lists of hashes in base64."""

from __future__ import annotations

import base64
import binascii
import json
import math
from typing import Any

from .merkle import HASH_BYTES


class Malformed(ValueError):
    """The text is not what the specification describes."""


def parse(data: bytes) -> Any:
    try:
        return json.loads(
            data.decode("utf-8"),
            parse_int=number, parse_float=number, parse_constant=refuse_constant, object_pairs_hook=distinct,
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise Malformed("not JSON") from error


def number(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise Malformed("number is not finite")
    return value


def refuse_constant(name: str) -> Any:
    raise Malformed(f"{name} is not JSON")


def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed("a name twice in one object")
    return members


def to_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def from_base64(value: Any) -> bytes:
    """Decoding and encoding again refuses other alphabets, missing padding and unused bits that are not zero."""
    try:
        data = base64.b64decode(value, validate=True) if isinstance(value, str) else None
    except (binascii.Error, ValueError) as error:
        raise Malformed("not base64") from error
    if data is None or to_base64(data) != value:
        raise Malformed("not base64")
    return data


def pack(hashes: list[bytes]) -> str:
    return to_base64(b"".join(hashes))


def unpack(value: Any) -> list[bytes]:
    data = from_base64(value)
    if len(data) % HASH_BYTES:
        raise Malformed("not whole hashes")
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]
