"""Evidence with one thing changed in its lines."""

from __future__ import annotations

import copy
from typing import Any, Callable

from sealtrail import canonical
from sealtrail.sealed import commitment

from .seeded import seeded
from .world import Value, record

Lines = list[Value]
Change = Callable[[Lines], Any]


def counted(lines: Lines) -> Lines:
    entries = sum("entry" in line for line in lines)
    return [line | {"end": {"entries": entries, "lines": len(lines)}} if "end" in line else line for line in lines]


def changed(lines: Lines, change: Change) -> Lines:
    copied = copy.deepcopy(lines)
    given = change(copied)
    return given if isinstance(given, list) else copied


def index_of(lines: Lines, name: str) -> int:
    return next(index for index, line in enumerate(lines) if name in line)


def inside(name: str, change: Callable[[Any], Any]) -> Change:
    """Changes the value of the first line of that name."""
    return lambda lines: change(lines[index_of(lines, name)][name])


def swap(first: str, second: str) -> Change:
    def change(lines: Lines) -> None:
        a, b = index_of(lines, first), index_of(lines, second)
        lines[a], lines[b] = lines[b], lines[a]

    return change


def remove(name: str) -> Change:
    return lambda lines: counted([line for line in lines if name not in line])


def add(line: Value, before: str) -> Change:
    def change(lines: Lines) -> Lines:
        at = index_of(lines, before)
        return counted([*lines[:at], line, *lines[at:]])

    return change


def opening_altered(member: str, value: Any) -> Change:
    return inside("entry", lambda entry: entry["openings"]["rationale"].update({member: value}))


def value_with_its_commitment(lines: Lines) -> None:
    """The value and the commitment agree; the entry is another one than was sealed."""
    entry = lines[index_of(lines, "entry")]["entry"]
    value = canonical.parse(entry["text"])
    opening = entry["openings"]["rationale"]
    opening["value"] = "Because nobody asked."
    value["sealed"]["rationale"] = commitment(bytes.fromhex(opening["salt"]), opening["value"]).hex()
    entry["text"] = canonical.encode(value)


def last_entry_removed(lines: Lines) -> Lines:
    at = max(index for index, line in enumerate(lines) if "entry" in line)
    return counted(lines[:at] + lines[at + 1 :])


def second_opening_moved(lines: Lines) -> None:
    openings = lines[index_of(lines, "entry")]["entry"]["openings"]
    openings["args"], openings["rationale"] = openings["rationale"], openings["args"]


ADDED = {"note": {"salt": seeded("evidence").hex(), "value": "not sealed"}}
MISSING_SALT = inside("entry", lambda entry: entry["openings"]["rationale"].pop("salt"))
OPENS = "does not open"

# name, what is wrong, base, section, reason, change
CHANGES: list[tuple[str, str, str, str, str, Change]] = [
    (
        "value-altered", "a disclosed value is altered", "history", "15", OPENS,
        opening_altered("value", "Because of 1: Zoë said no."),
    ),
    ("salt-altered", "a salt is altered", "history", "15", OPENS, opening_altered("salt", "00" * 16)),
    ("salt-malformed", "a salt of 15 bytes", "history", "4", "openings", opening_altered("salt", "00" * 15)),
    ("salt-missing", "a value without its salt", "history", "4", "openings", MISSING_SALT),
    ("openings-exchanged", "two openings of an entry exchanged", "history", "15", OPENS, second_opening_moved),
    (
        "opening-added", "an opening without a commitment", "entry", "15", OPENS,
        inside("entry", lambda entry: entry["openings"].update(ADDED)),
    ),
    (
        "prototype-added", "a disclosed value has got a member named __proto__", "history", "15", OPENS,
        inside("entry", lambda entry: entry["openings"]["args"]["value"].update({"__proto__": {"amount": 1}})),
    ),
    (
        "prototype-opening", "an opening is named __proto__", "history", "4", "openings",
        inside("entry", lambda entry: entry["openings"].update({"__proto__": ADDED["note"]})),
    ),
    ("value-and-commitment", "a value and its commitment are altered", "entry", "13.2", "path", value_with_its_commitment),
    (
        "value-and-commitment-of-history", "the same in a history", "history", "13.3", "do not stand there",
        value_with_its_commitment,
    ),
    ("entry-removed", "the last entry is gone, the counts follow", "history", "13.3", "", last_entry_removed),
    (
        "entry-repeated", "the first entry twice, the counts follow", "history", "13.3", "ascend",
        lambda lines: add(lines[index_of(lines, "entry")], "entry")(lines),
    ),
    (
        "tenant-altered", "the header names another tenant", "history", "13.1", "this line",
        inside("evidence", lambda header: header.update(tenant="beta")),
    ),
    (
        "tenant-altered-of-entry", "the header names another tenant than the entry", "entry", "15", "another tenant",
        inside("evidence", lambda header: header.update(tenant="beta")),
    ),
    (
        "record-altered", "the header names another record", "history", "13.3", "does not touch",
        inside("evidence", lambda header: header["record"].update(id="d-b")),
    ),
    (
        "record-removed", "a history that calls itself one entry", "history", "15", "members of an entry",
        inside("evidence", lambda header: header.update(record=None)),
    ),
    (
        "record-added", "one entry that calls itself a history", "entry", "15", "members of an entry",
        inside("evidence", lambda header: header.update(record=record("a"))),
    ),
    (
        "two-entries", "one entry, twice", "entry", "15", "more than one entry",
        lambda lines: add(lines[index_of(lines, "entry")], "entry")(lines),
    ),
    ("no-entry", "one entry, which is not there", "entry", "15", "more than one entry", remove("entry")),
    (
        "segments-of-entry", "one entry with segments", "entry", "15", "more than one entry",
        add({"segments": [{"at": 0, "leaves": "", "proof": ""}]}, "entry"),
    ),
    (
        "path-in-history", "an entry of a history with a path", "history", "15", "members of an entry",
        inside("entry", lambda entry: entry.update(path="")),
    ),
    ("no-anchors", "no anchors", "history", "13.1", "anchors", remove("anchors")),
    ("empty-anchors", "a line of no anchors", "history", "15", "1 to 500", add({"anchors": []}, "segments")),
    ("empty-segments", "a line of no segments", "history", "15", "1 to 500", add({"segments": []}, "entry")),
    (
        "anchor-altered", "an anchor's time is altered", "history", "13.1", "this line",
        inside("anchors", lambda anchors: anchors[4].update(time="2026-04-01T12:00:00.000Z")),
    ),
    ("no-sealed", "no line sealed", "history", "15", "missing", remove("sealed")),
    ("no-summary", "no summary", "history", "15", "missing", remove("summary")),
    ("no-header", "no header", "history", "15", "missing", remove("evidence")),
    (
        "sealed-with-anchors", "the anchors in the line sealed", "entry", "15", "members of sealed",
        inside("sealed", lambda sealed: sealed.update(anchors=[])),
    ),
    ("summary-text", "a summary that is no list", "history", "15", "summary", lambda lines: lines.__setitem__(1, {"summary": "x"})),
    (
        "summary-long", "a summary of 1,001 texts", "history", "15", "summary",
        lambda lines: lines.__setitem__(1, {"summary": ["x"] * 1_001}),
    ),
    (
        "summary-wide", "a text of 4,097 code points in the summary", "history", "15", "summary",
        lambda lines: lines.__setitem__(1, {"summary": ["x" * 4_097]}),
    ),
    ("order-of-segments", "segments before anchors", "history", "15", "order", swap("anchors", "segments")),
    ("order-of-summary", "the summary after sealed", "history", "15", "order", swap("summary", "sealed")),
    ("order-of-checkpoint", "the checkpoint before the entries", "history-checkpoint", "15", "order", swap("checkpoint", "entry")),
    ("sealed-twice", "sealed twice", "history", "15", "order", lambda lines: add(lines[2], "anchors")(lines)),
    ("header-twice", "the header twice", "history", "15", "order", lambda lines: add(lines[0], "summary")(lines)),
    ("checkpoint-twice", "the checkpoint twice", "entry-checkpoint", "15", "order", lambda lines: add(lines[-2], "end")(lines)),
    (
        "checkpoint-altered", "the way to the checkpoint is altered", "entry-checkpoint", "13.4", "not under",
        inside("checkpoint", lambda value: value.update(proof="")),
    ),
    ("after-the-end", "a line after the last", "history", "15", "order", lambda lines: lines.append({"summary": []})),
    ("no-end", "no last line", "history", "15", "missing", remove("end")),
    (
        "count-of-entries", "the last line counts an entry more", "history", "15", "counts",
        inside("end", lambda end: end.update(entries=end["entries"] + 1)),
    ),
    ("count-as-true", "true for a count of one", "entry", "15", "counts", inside("end", lambda end: end.update(entries=True))),
    (
        "count-of-lines", "the last line does not count itself", "history", "15", "counts",
        inside("end", lambda end: end.update(lines=end["lines"] - 1)),
    ),
    ("unknown-line", "a line of another name", "history", "15", "unknown line", add({"note": "x"}, "end")),
    ("two-members", "a line with two members", "history", "15", "one member", lambda lines: lines[1].update(note="x")),
    (
        "format", "another format", "history", "15", "format",
        inside("evidence", lambda header: header.update(format="sealtrail-evidence/2")),
    ),
    (
        "header-member", "a header with a member too many", "history", "15", "members of the header",
        inside("evidence", lambda header: header.update(v=1)),
    ),
    (
        "header-time", "a header of no time", "history", "15", "header",
        inside("evidence", lambda header: header.update(time="2026-04-02T09:00:00Z")),
    ),
    (
        "entry-member", "an entry with a member too many", "history", "15", "members of an entry",
        inside("entry", lambda entry: entry.update(hash="x")),
    ),
]
