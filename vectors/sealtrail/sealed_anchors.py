"""A run of one tenant's anchors and the seal over the last of them (SPEC section 13.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import seals, text
from .entry import ZERO_HASH, Refused, check_anchor, hash_value, is_hash, is_integer, is_object, is_time
from .ranges import verify_range

SEALED = {"start", "anchors", "directory", "seal"}


class Invalid(ValueError):
    """The proof does not show what it should; `rule` is the section of the specification that it breaks."""

    def __init__(self, rule: str, detail: str) -> None:
        super().__init__(f"section {rule}: {detail}")
        self.rule = rule
        self.detail = detail


@dataclass
class Sealed:
    anchors: list[dict[str, Any]]
    seal: dict[str, Any]


def demand(holds: bool, rule: str, detail: str) -> None:
    if not holds:
        raise Invalid(rule, detail)


def hashes(value: Any, rule: str, detail: str) -> list[bytes]:
    try:
        return text.unpack(value)
    except text.Malformed as error:
        raise Invalid(rule, f"{detail}: {error}") from error


def check_sealed(tenant: str, value: Any) -> Sealed:
    demand(tenant != seals.TENANT, "13.1", "no directory has the tenant ~seals")
    demand(is_object(value, SEALED), "13.1", "members of sealed")
    anchors = put_together(tenant, value["start"], value["anchors"])
    seal = read_seal(value["seal"])
    check_directory(tenant, anchors[-1], value["directory"], seal["data"])
    return Sealed(anchors, seal)


def put_together(tenant: str, start: Any, elements: Any) -> list[dict[str, Any]]:
    demand(is_object(start, {"number", "from", "prev"}), "13.1", "members of start")
    shaped = is_integer(start["number"]) and is_integer(start["from"]) and is_hash(start["prev"])
    demand(shaped, "13.1", "start")
    beginnings = {start["number"] == 0, start["from"] == 0, start["prev"] == ZERO_HASH}
    demand(len(beginnings) == 1, "13.1", "number 0, from 0 and prev of zeros go together")
    demand(isinstance(elements, list) and len(elements) > 0, "13.1", "anchors")
    anchors: list[dict[str, Any]] = []
    number, first, prev, earliest = int(start["number"]), int(start["from"]), start["prev"], ""
    for element in elements:
        anchor = anchor_of(tenant, number, first, prev, element)
        demand(anchor["time"] >= earliest, "13.1", "an anchor earlier than the one before")
        anchors.append(anchor)
        number, first, prev = number + 1, int(anchor["to"]) + 1, hash_value(anchor).hex()
        earliest = anchor["time"]
    return anchors


def anchor_of(tenant: str, number: int, first: int, prev: str, element: Any) -> dict[str, Any]:
    demand(is_object(element, {"to", "records_size", "hashes", "time"}), "13.1", "members of an anchor")
    listed = hashes(element["hashes"], "13", "hashes of an anchor")
    demand(len(listed) == 3, "13.1", "not three hashes")
    demand(is_time(element["time"]), "13.1", "time of an anchor")
    anchor = {
        "v": 1,
        "tenant": tenant,
        "number": number,
        "from": first,
        "to": element["to"],
        "entries_root": listed[0].hex(),
        "records_root": listed[1].hex(),
        "records_size": element["records_size"],
        "last": listed[2].hex(),
        "prev": prev,
        "time": element["time"],
    }
    try:
        check_anchor(anchor)
    except Refused as error:
        raise Invalid("7", f"anchor: {error.detail}") from error
    return anchor


def read_seal(value: Any) -> dict[str, Any]:
    demand(isinstance(value, str), "13.1", "seal")
    try:
        return seals.parse_seal(value.encode("utf-8", "surrogatepass"))
    except Refused as error:
        raise Invalid("12" if error.code == "seal_malformed" else "3", f"seal: {error.detail}") from error


def check_directory(tenant: str, newest: dict[str, Any], value: Any, data: dict[str, Any]) -> None:
    demand(is_object(value, {"index", "proof"}) and is_integer(value["index"]), "13.1", "directory")
    proof = hashes(value["proof"], "13", "directory")
    line = seals.Line(tenant, int(newest["number"]) + 1, int(newest["to"]) + 1, hash_value(newest))
    root, size = bytes.fromhex(data["directory_root"]), int(data["directory_size"])
    shown = verify_range(int(value["index"]), size, [line.leaf], proof, root)
    demand(shown, "13.1", "the directory does not have this line there")
