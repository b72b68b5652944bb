"""Canonical JSON (SPEC section 2): RFC 8785 as UTF-8, with a nesting limit."""

from __future__ import annotations

import json
import math
from typing import Any

MAX_DEPTH = 32

SHORT_ESCAPES = {
    '"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r",
}


class NotCanonical(ValueError):
    """The value cannot be written, or the text is not what a writer would have written."""


def format_number(number: float) -> str:
    """ECMAScript's Number::toString. Python's repr yields the same shortest digits, in another layout."""
    if not math.isfinite(number):
        raise NotCanonical("number is not finite")
    if number == 0:
        return "0"  # also for minus zero
    if number < 0:
        return "-" + format_number(-number)
    digits, point = shortest_digits(number)
    count = len(digits)
    if count <= point <= 21:
        return digits + "0" * (point - count)
    if 0 < point <= 21:
        return digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    exponent = point - 1
    mantissa = digits if count == 1 else digits[0] + "." + digits[1:]
    return f"{mantissa}e{'+' if exponent > 0 else '-'}{abs(exponent)}"


def shortest_digits(number: float) -> tuple[str, int]:
    """Digits d1..dk without zeros at either end and n, so that the number is 0.d1..dk * 10^n."""
    mantissa, _, exponent = repr(number).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = whole + fraction
    point = len(whole) + int(exponent or "0")
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    return stripped.rstrip("0"), point


def format_string(text: str) -> str:
    parts = ['"']
    for char in text:
        if char in SHORT_ESCAPES:
            parts.append(SHORT_ESCAPES[char])
        elif char < " ":
            parts.append(f"\\u{ord(char):04x}")
        elif "\ud800" <= char <= "\udfff":
            raise NotCanonical("lone surrogate")
        else:
            parts.append(char)
    parts.append('"')
    return "".join(parts)


def utf16_order(name: str) -> bytes:
    """Sort key: big-endian UTF-16 compares like a sequence of code units."""
    return name.encode("utf-16-be", "surrogatepass")


def encode(value: Any, max_depth: int = MAX_DEPTH) -> str:
    """The canonical text of a checked value."""
    if value is None:
        return "null"
    if isinstance(value, bool):  # before int: bool is a subclass
        return "true" if value else "false"
    if isinstance(value, int):
        if not -(2**53) <= value <= 2**53:
            raise NotCanonical("integer is not safely a double")
        return format_number(float(value))
    if isinstance(value, float):
        return format_number(value)
    if isinstance(value, str):
        return format_string(value)
    if not isinstance(value, (list, dict)):
        raise NotCanonical(f"{type(value).__name__} is not a JSON value")
    if max_depth == 0:
        raise NotCanonical("nested too deeply")
    if isinstance(value, list):
        return "[" + ",".join(encode(item, max_depth - 1) for item in value) + "]"
    members = (
        format_string(name) + ":" + encode(value[name], max_depth - 1)
        for name in sorted(value, key=utf16_order)
    )
    return "{" + ",".join(members) + "}"


def encode_bytes(value: Any, max_depth: int = MAX_DEPTH) -> bytes:
    return encode(value, max_depth).encode("utf-8")


def refuse_constant(name: str) -> Any:
    raise NotCanonical(f"{name} is not JSON")


def parse(text: str) -> Any:
    """Lenient JSON; every number becomes a double, as the format demands."""
    try:
        return json.loads(text, parse_int=float, parse_float=float, parse_constant=refuse_constant)
    except (json.JSONDecodeError, RecursionError) as error:
        raise NotCanonical("not JSON, or nested too deeply") from error


def decode(data: bytes, max_depth: int = MAX_DEPTH) -> Any:
    """Accepts canonical bytes only. Re-encoding and comparing is the whole rule."""
    try:
        text = data.decode("utf-8")  # strict: refuses overlong forms and surrogates
    except UnicodeDecodeError as error:
        raise NotCanonical("not UTF-8") from error
    value = parse(text)
    if encode_bytes(value, max_depth) != data:
        raise NotCanonical("not in canonical form")
    return value
