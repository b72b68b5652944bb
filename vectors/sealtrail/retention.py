"""Accounts of what was destroyed: values (SPEC section 16), and entries (section 17)."""

from __future__ import annotations

from typing import Any

from .entry import is_field_name, is_hash, is_integer, is_object, is_record, is_reference

BASES = (
    "gdpr_art_17",
    "consent_withdrawn",
    "objection",
    "unlawful_processing",
    "retention_elapsed",
    "court_order",
    "other",
)
FLOORS = {"eu_ai_act": 184, "hipaa": 2_192, "sec_17a_4": 2_557, "custom": 1}
MAX_DAYS = 36_525
MAX_HOLDS = 200
MEMBERS = {"erasure", "basis", "about", "reference", "part", "parts", "values"}


def is_run(value: Any, below: int) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(is_integer(item) for item in value)
        and value[0] <= value[1] < below
    )


def is_group(value: Any, below: int) -> bool:
    if not is_object(value, {"at", "fields"}):
        return False
    fields, runs = value["fields"], value["at"]
    return (
        isinstance(fields, list)
        and 1 <= len(fields) <= 64
        and all(is_field_name(name) for name in fields)
        and isinstance(runs, list)
        and 1 <= len(runs) <= 1_000
        and all(is_run(run, below) for run in runs)
    )


def erased(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """The groups of positions and fields whose values an entry accounts for."""
    data, seq = entry["data"], entry["seq"]
    if entry["type"] != "log.erased" or not is_object(data, MEMBERS):
        return []
    well_formed = (
        is_reference(data["erasure"])
        and data["basis"] in BASES
        and data["about"] in ("subject", "record")
        and is_hash(data["reference"])
        and is_integer(data["part"])
        and is_integer(data["parts"])
        and data["part"] < data["parts"]
        and isinstance(data["values"], list)
        and len(data["values"]) > 0
        and all(is_group(group, seq) for group in data["values"])
    )
    return data["values"] if well_formed else []


def accounts_for(groups: list[dict[str, Any]], position: int, field: str) -> bool:
    return any(
        field in group["fields"] and any(start <= position <= end for start, end in group["at"]) for group in groups
    )


def pruned(entry: dict[str, Any]) -> int | None:
    """The last position that an entry accounts for as pruned (SPEC section 17)."""
    data, seq = entry["data"], entry["seq"]
    if entry["type"] != "retention.pruned" or not is_object(data, {"to", "anchor", "archive", "rules"}):
        return None
    anchor, archive, rules = data["anchor"], data["archive"], data["rules"]
    well_formed = (
        is_integer(data["to"])
        and data["to"] < seq
        and is_object(anchor, {"number", "hash"})
        and is_integer(anchor["number"])
        and is_hash(anchor["hash"])
        and is_object(archive, {"from", "sha256", "openings"})
        and is_integer(archive["from"])
        and is_hash(archive["sha256"])
        and archive["openings"] in ("included", "withheld")
        and is_object(rules, {"policy", "holds"})
        and is_policy(rules["policy"])
        and isinstance(rules["holds"], list)
        and len(rules["holds"]) <= MAX_HOLDS
        and all(map(is_hold, rules["holds"]))
    )
    return int(data["to"]) if well_formed else None


def is_policy(value: Any) -> bool:
    if not is_object(value, {"preset", "days"}) or not isinstance(value["preset"], str):
        return False
    return value["preset"] in FLOORS and is_integer(value["days"], FLOORS[value["preset"]], MAX_DAYS)


def is_hold(value: Any) -> bool:
    if not is_object(value, {"hold", "target"}) or not is_reference(value["hold"]):
        return False
    target = value["target"]
    if target is None:
        return True
    named = is_object(target, {"about", "type", "id"}) and target["about"] in ("record", "subject")
    return named and is_record({"type": target["type"], "id": target["id"]})
