"""Links between the anchors of a log, and which of two is at fault (SPEC section 9.1)."""

from __future__ import annotations

from typing import Any

from .entry import ZERO_HASH, hash_value

Placed = tuple[int, dict[str, Any]]  # the position that findings are named by, and the anchor


def at_fault(chain: list[Placed], named: dict[str, Any] | None) -> list[int]:
    """`named` is what the tenant line says of the newest anchor: the last witness. Of two that are not linked, the right one is at
    fault unless the next witness has its hash."""
    if not chain:
        return []
    place, first = chain[0]
    found = [place] if first["number"] == 0 and first["prev"] != ZERO_HASH else []
    newest = chain[-1][1]
    links = [is_linked(left, right) for (_, left), (_, right) in zip(chain, chain[1:])]
    links.append(named == {"hash": hash_value(newest).hex(), "number": newest["number"]})
    for index, holds in enumerate(links[:-1]):
        (left_place, left), (right_place, right) = chain[index], chain[index + 1]
        if right["number"] == left["number"] + 1 and not holds:
            found.append(left_place if links[index + 1] else right_place)
    return found


def is_linked(left: dict[str, Any], right: dict[str, Any]) -> bool:
    return right["number"] == left["number"] + 1 and right["prev"] == hash_value(left).hex()
