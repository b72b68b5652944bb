"""Accounts of what was destroyed (SPEC section 16)."""

from __future__ import annotations

from typing import Any

from .entry import is_field_name, is_hash, is_integer, is_object, is_reference

BASES = {
    "gdpr_art_17",
    "consent_withdrawn",
    "objection",
    "unlawful_processing",
    "retention_elapsed",
    "court_order",
    "other",
}
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


def erased(entry: dict[str, Any]) -> set[tuple[int, str]]:
    """Position and field of every value that an entry accounts for."""
    data, seq = entry["data"], entry["seq"]
    if entry["type"] != "log.erased" or not is_object(data, MEMBERS):
        return set()
    well_formed = (
        is_reference(data["erasure"])
        and data["basis"] in BASES
        and data["about"] in {"subject", "record"}
        and is_hash(data["reference"])
        and is_integer(data["part"])
        and is_integer(data["parts"])
        and isinstance(data["values"], list)
        and len(data["values"]) > 0
        and all(is_group(group, seq) for group in data["values"])
    )
    if not well_formed:
        return set()
    return {
        (position, field)
        for group in data["values"]
        for field in group["fields"]
        for start, end in group["at"]
        for position in range(int(start), int(end) + 1)
    }
