"""Reading a bundle (SPEC section 8.4): lines to tenants, before anything in them is believed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from . import canonical
from .entry import is_hash, is_integer, is_name, is_object, is_time

FORMAT = "sealtrail-bundle/1"
MAX_LINE_BYTES = 8_388_608
LINE_DEPTH = canonical.MAX_DEPTH + 3  # a line, its openings, one opening, and the value inside
HEADER = {"format", "openings", "time"}
TENANT = {"anchor", "from", "genesis", "head", "tenant", "time"}
END = {"anchors", "entries", "tenants"}


class BundleError(ValueError):
    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class Unverifiable(ValueError):
    """Nothing can be said about the file, for instance because its format is a later one."""


@dataclass
class EntryLine:
    value: Any
    openings: Any
    withheld: bool


@dataclass
class TenantPart:
    """One tenant line and what follows it. An anchor is kept with the number of entry lines before it."""

    line: dict[str, Any]
    entries: list[EntryLine] = field(default_factory=list)
    anchors: list[tuple[int, Any]] = field(default_factory=list)


@dataclass
class Bundle:
    withheld: bool
    tenants: list[TenantPart]
    error: BundleError | None  # why reading stopped, if it stopped early


def read(data: bytes) -> Bundle:
    lines = data.split(b"\n")
    cut = lines.pop() != b""  # text after the last line feed: the file ends inside a line
    if not lines:
        raise Unverifiable("not a bundle")
    bundle = Bundle(read_header(lines[0]), [], None)
    try:
        read_body(bundle, lines[1:])
        if cut:
            raise BundleError("bundle_malformed", "text after the last line")
    except BundleError as error:
        bundle.error = error
    return bundle


def read_header(line: bytes) -> bool:
    try:
        first = parse_line(line)
    except BundleError as error:
        raise Unverifiable("not a bundle") from error
    header = first["bundle"] if set(first) == {"bundle"} else None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise Unverifiable("not a bundle of this version")
    if not is_object(header, HEADER) or header["openings"] not in ("included", "withheld") or not is_time(header["time"]):
        raise Unverifiable("header")
    return header["openings"] == "withheld"


def parse_line(line: bytes) -> dict[str, Any]:
    if len(line) > MAX_LINE_BYTES:
        raise BundleError("bundle_malformed", "line too long")
    try:
        value = canonical.decode(line, LINE_DEPTH)
    except canonical.NotCanonical as error:
        raise BundleError("bundle_malformed", str(error)) from error
    if not isinstance(value, dict):
        raise BundleError("bundle_malformed", "line is not an object")
    return value


def read_body(bundle: Bundle, lines: list[bytes]) -> None:
    for number, line in enumerate(lines):
        value = parse_line(line)
        if set(value) == {"end"}:
            check_end(bundle, value["end"])
            if number + 1 < len(lines):
                raise BundleError("bundle_malformed", "lines after the last one")
            return
        read_line(bundle, value)
    raise BundleError("bundle_truncated", "no last line")


def read_line(bundle: Bundle, value: dict[str, Any]) -> None:
    members = set(value)
    if members == {"tenant"}:
        bundle.tenants.append(TenantPart(check_tenant(bundle, value["tenant"])))
    elif not bundle.tenants:
        raise BundleError("bundle_malformed", "line before the first tenant")
    elif members == {"anchor"}:
        if not isinstance(value["anchor"], dict):
            raise BundleError("bundle_malformed", "anchor is not an object")
        part = bundle.tenants[-1]
        part.anchors.append((len(part.entries), value["anchor"]))
    elif members == ({"entry"} if bundle.withheld else {"entry", "openings"}):
        bundle.tenants[-1].entries.append(EntryLine(value["entry"], value.get("openings"), bundle.withheld))
    else:
        raise BundleError("bundle_malformed", "unknown line")


def check_tenant(bundle: Bundle, line: Any) -> dict[str, Any]:
    if not is_object(line, TENANT) or not is_name(line["tenant"]) or not is_time(line["time"]):
        raise BundleError("bundle_malformed", "tenant line")
    head, anchor = line["head"], line["anchor"]
    good_head = is_object(head, {"hash", "seq", "time"}) and is_hash(head["hash"]) and is_time(head["time"])
    good_anchor = anchor is None or (
        is_object(anchor, {"hash", "number"}) and is_hash(anchor["hash"]) and is_integer(anchor["number"])
    )
    if not (good_head and is_integer(head["seq"]) and good_anchor and is_integer(line["from"]) and is_hash(line["genesis"])):
        raise BundleError("bundle_malformed", "tenant line")
    if bundle.tenants and line["tenant"] <= bundle.tenants[-1].line["tenant"]:
        raise BundleError("bundle_malformed", "tenants out of order")
    return line


def check_end(bundle: Bundle, end: Any) -> None:
    counts = {
        "anchors": sum(len(part.anchors) for part in bundle.tenants),
        "entries": sum(len(part.entries) for part in bundle.tenants),
        "tenants": len(bundle.tenants),
    }
    if not is_object(end, END) or not all(map(is_integer, end.values())) or end != counts:
        raise BundleError("bundle_malformed", "the last line does not count what is there")
