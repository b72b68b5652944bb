"""Evidence bundles (SPEC section 15): a proof in lines, with openings as they were disclosed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import canonical
from .entry import is_integer, is_name, is_object, is_record, is_time
from .packed import unpacked
from .proofs import ENTRY_FORMAT, HISTORY_FORMAT, Proved, check_proof
from .sealed import are_openings, check_openings
from .sealed_anchors import Invalid, demand

FORMAT = "sealtrail-evidence/1"
MAX_LINE_BYTES = 8_388_608
MAX_BYTES = 4 * 536_870_912  # the limit counts characters
MAX_ELEMENTS = 500
MAX_SUMMARY = 1_000
MAX_SUMMARY_CHARACTERS = 4_096
LINE_DEPTH = 40
ORDER = ("evidence", "summary", "sealed", "anchors", "segments", "entry", "checkpoint", "end")
REPEATED = {"anchors", "segments", "entry"}


@dataclass
class Disclosed:
    proved: Proved
    time: str
    summary: list[str]
    openings: list[dict[str, Any]]  # of each entry


def verify_evidence(data: bytes, vkeys: list[str] = []) -> Disclosed:
    try:
        plain = unpacked(data)
    except ValueError as error:
        raise Invalid("15", str(error)) from error
    parts = read(plain)
    header, sealed = parts["evidence"], parts["sealed"]
    one = header["record"] is None
    entries = parts["entry"]
    for entry in entries:
        members = {"text", "path"} if one else {"text"}
        demand(is_object(entry, members, {"openings"}), "15", "members of an entry")
    value: dict[str, Any] = {"sealed": sealed | {"anchors": parts["anchors"]}}
    if one:
        demand(len(entries) == 1 and not parts["segments"], "15", "more than one entry")
        value |= {"format": ENTRY_FORMAT, "entry": entries[0]["text"], "path": entries[0]["path"]}
    else:
        texts = [entry["text"] for entry in entries]
        value |= {"format": HISTORY_FORMAT, "tenant": header["tenant"], "record": header["record"]}
        value |= {"entries": texts, "segments": parts["segments"]}
    if "checkpoint" in parts:
        value["checkpoint"] = parts["checkpoint"]
    proved = check_proof(value, vkeys)
    demand(proved.tenant == header["tenant"], "15", "the header names another tenant")
    return Disclosed(proved, header["time"], parts["summary"], opened(proved, entries))


def read(data: bytes) -> dict[str, Any]:
    """The lines by their names: one value, or a list of them."""
    demand(len(data) <= MAX_BYTES, "15", "too long")
    lines = data.split(b"\n")
    demand(lines.pop() == b"", "15", "the last line has no end")
    parts: dict[str, Any] = {name: [] for name in REPEATED}
    reached = 0
    for line in lines:
        name, value = read_line(line)
        place = ORDER.index(name)
        demand(place >= reached, "15", "the lines are not in their order")
        reached = place if name in REPEATED else place + 1
        add(parts, name, value)
    absent = {"evidence", "summary", "sealed", "end"} - set(parts)
    demand(not absent, "15", "a line is missing")
    expected = {"entries": len(parts["entry"]), "lines": len(lines)}
    end = parts["end"]
    good = is_object(end, set(expected)) and all(map(is_integer, end.values())) and end == expected
    demand(good, "15", "counts of the last line")
    check_shapes(parts)
    return parts


def read_line(line: bytes) -> tuple[str, Any]:
    demand(len(line) <= MAX_LINE_BYTES, "15", "line too long")
    try:
        value = canonical.decode(line, LINE_DEPTH)
    except canonical.NotCanonical as error:
        raise Invalid("15", f"line: {error}") from error
    demand(isinstance(value, dict) and len(value) == 1, "15", "a line has one member")
    name = next(iter(value))
    demand(name in ORDER, "15", "unknown line")
    return name, value[name]


def add(parts: dict[str, Any], name: str, value: Any) -> None:
    if name == "entry":
        parts[name].append(value)
    elif name in REPEATED:
        demand(isinstance(value, list) and 1 <= len(value) <= MAX_ELEMENTS, "15", f"1 to 500 {name}")
        parts[name] += value
    else:
        parts[name] = value


def check_shapes(parts: dict[str, Any]) -> None:
    header, summary, sealed = parts["evidence"], parts["summary"], parts["sealed"]
    demand(is_object(header, {"format", "record", "tenant", "time"}), "15", "members of the header")
    demand(header["format"] == FORMAT, "15", "format")
    about = header["record"] is None or is_record(header["record"])
    demand(about and is_name(header["tenant"]) and is_time(header["time"]), "15", "header")
    demand(isinstance(summary, list) and len(summary) <= MAX_SUMMARY and all(map(is_summary, summary)), "15", "summary")
    demand(is_object(sealed, {"directory", "seal", "start"}), "15", "members of sealed")


def is_summary(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= MAX_SUMMARY_CHARACTERS


def opened(proved: Proved, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for value, entry in zip(proved.entries, entries, strict=True):
        openings = entry.get("openings", {})
        demand(are_openings(openings), "4", "openings")
        demand(check_openings(value["sealed"], openings) == [], "15", "an opening does not open its commitment")
        found.append(openings)
    return found
