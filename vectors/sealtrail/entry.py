"""Entries (SPEC section 3) and anchors (section 7): their checks and their hashes."""

from __future__ import annotations

import datetime
import re
from typing import Any

from . import canonical
from .merkle import leaf_hash

MAX_ENTRY_BYTES = 65_535
MAX_TARGETS = 256
MAX_SEALED = 64
MAX_REFERENCE_BYTES = 256
MAX_WORDS_BYTES = 64
MAX_SEGMENT = 65_536
MAX_SAFE = 2**53 - 1
ZERO_HASH = "0" * 64

WORD = "[a-z][a-z0-9_]*"
NAME = re.compile(r"[A-Za-z0-9._:~-]{1,128}")
TYPE = re.compile(rf"{WORD}(\.{WORD}){{1,3}}")
FIELD = re.compile(rf"{WORD}(\.{WORD}){{0,3}}")
RECORD_TYPE = re.compile(WORD)
HASH = re.compile(r"[0-9a-f]{64}")
TIME = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})\.[0-9]{3}Z")
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")

ENTRY_MEMBERS = {"v", "tenant", "seq", "prev", "time", "id", "type", "actor", "targets", "data", "sealed"}
ANCHOR_MEMBERS = {
    "v", "tenant", "number", "from", "to", "entries_root", "records_root", "records_size", "last", "prev", "time",
}
ACTOR_TYPES = ("user", "agent", "system", "api_token")
ACTOR_REFERENCES = {"role", "session_id", "auth_method", "agent_version", "model"}
ACTOR_OPTIONAL = ACTOR_REFERENCES | {"prompt_hash", "on_behalf_of"}


class Refused(ValueError):
    """Carries the finding code of SPEC section 9.2."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


def is_integer(value: Any, low: int = 0, high: int = MAX_SAFE) -> bool:
    return type(value) in (int, float) and value == int(value) and low <= value <= high


def matches(pattern: re.Pattern[str], value: Any, max_bytes: int | None = None) -> bool:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        return False
    return max_bytes is None or len(value) <= max_bytes  # the patterns admit ASCII only


def is_name(value: Any) -> bool:
    return matches(NAME, value)


def is_hash(value: Any) -> bool:
    return matches(HASH, value)


def is_field_name(value: Any) -> bool:
    return matches(FIELD, value, MAX_WORDS_BYTES)


def is_reference(value: Any) -> bool:
    if not isinstance(value, str) or CONTROL.search(value):
        return False
    return 1 <= len(value.encode("utf-8", "surrogatepass")) <= MAX_REFERENCE_BYTES


def is_time(value: Any) -> bool:
    match = TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return False
    fields = [int(group) for group in match.groups()]
    try:
        return datetime.datetime(*fields).year >= 1970  # refuses hour 24, second 60 and February 30
    except ValueError:
        return False


def is_object(value: Any, required: set[str], optional: set[str] = frozenset()) -> bool:
    return isinstance(value, dict) and required <= set(value) <= required | optional


def is_record(value: Any) -> bool:
    return (
        is_object(value, {"type", "id"})
        and matches(RECORD_TYPE, value["type"], MAX_WORDS_BYTES)
        and is_reference(value["id"])
    )


def is_party(value: dict[str, Any]) -> bool:
    return value["type"] in ACTOR_TYPES and is_reference(value["id"])


def is_actor(value: Any) -> bool:
    if not is_object(value, {"type", "id"}, ACTOR_OPTIONAL) or not is_party(value):
        return False
    if not all(is_reference(value[name]) for name in ACTOR_REFERENCES & set(value)):
        return False
    if "prompt_hash" in value and not is_hash(value["prompt_hash"]):
        return False
    behalf = value.get("on_behalf_of", {"type": "user", "id": "absent"})
    return is_object(behalf, {"type", "id"}) and is_party(behalf)


def are_targets(value: Any) -> bool:
    if not isinstance(value, list) or len(value) > MAX_TARGETS or not all(map(is_record, value)):
        return False
    return len({(record["type"], record["id"]) for record in value}) == len(value)


def is_sealed(value: Any) -> bool:
    if not isinstance(value, dict) or len(value) > MAX_SEALED:
        return False
    return all(is_field_name(name) and is_hash(value[name]) for name in value)


ENTRY_RULES = {
    "tenant": is_name,
    "seq": is_integer,
    "prev": is_hash,
    "time": is_time,
    "id": is_name,
    "type": lambda value: matches(TYPE, value, MAX_WORDS_BYTES),
    "actor": is_actor,
    "targets": are_targets,
    "data": lambda value: isinstance(value, dict),
    "sealed": is_sealed,
}

ANCHOR_RULES = {
    "tenant": is_name,
    "number": is_integer,
    "from": is_integer,
    "to": is_integer,
    "entries_root": is_hash,
    "records_root": is_hash,
    "records_size": is_integer,
    "last": is_hash,
    "prev": is_hash,
    "time": is_time,
}


def parse_entry(text: bytes) -> dict[str, Any]:
    """The entry in a canonical text; raises Refused otherwise."""
    try:
        value = canonical.decode(text)
    except canonical.NotCanonical as error:
        raise Refused("entry_malformed", str(error)) from error
    check_entry(value, len(text))
    return value


def check_entry(value: Any, size: int) -> None:
    """The rules that one entry obeys by itself; its place in the chain is checked by a walk."""
    if isinstance(value, dict) and is_integer(value.get("v"), -MAX_SAFE) and value["v"] != 1:
        raise Refused("entry_version", "unknown version")  # a later format may have any other members
    if size > MAX_ENTRY_BYTES:
        raise Refused("entry_malformed", "too large")
    check_members("entry_malformed", value, ENTRY_MEMBERS, ENTRY_RULES)


def parse_anchor(text: bytes) -> dict[str, Any]:
    try:
        value = canonical.decode(text)
    except canonical.NotCanonical as error:
        raise Refused("anchor_malformed", str(error)) from error
    check_anchor(value)
    return value


def check_anchor(value: Any) -> None:
    check_members("anchor_malformed", value, ANCHOR_MEMBERS, ANCHOR_RULES)
    if not 1 <= value["to"] - value["from"] + 1 <= MAX_SEGMENT:
        raise Refused("anchor_malformed", "segment size")


def check_members(code: str, value: Any, members: set[str], rules: dict[str, Any]) -> None:
    if not is_object(value, members):
        raise Refused(code, "not exactly the members")
    if not is_integer(value["v"], 1, 1):
        raise Refused(code, "v")
    for name, rule in rules.items():
        if not rule(value[name]):
            raise Refused(code, name)


def hash_value(value: Any) -> bytes:
    """Entry hash or anchor hash of a value that has been checked."""
    return leaf_hash(canonical.encode_bytes(value))


def genesis_entry(tenant: str, time: str) -> dict[str, Any]:
    return {
        "v": 1,
        "tenant": tenant,
        "seq": 0,
        "prev": ZERO_HASH,
        "time": time,
        "id": "genesis",
        "type": "log.started",
        "actor": {"type": "system", "id": "sealtrail"},
        "targets": [],
        "data": {"format": "sealtrail/1"},
        "sealed": {},
    }
