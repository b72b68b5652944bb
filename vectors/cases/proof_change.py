"""How a valid proof is changed in one thing."""

from __future__ import annotations

import copy
from typing import Any, Callable

from sealtrail import canonical
from sealtrail.text import pack, unpack

from .world import Value

Change = Callable[[Value], Any]
Case = tuple[str, str, str, str, Change]  # name, section, reason, which proof, change


def changed(proof: Value, change: Change) -> Value:
    """What the change gives back, or else the copy that it worked on."""
    copied = copy.deepcopy(proof)
    given = change(copied)
    return given if isinstance(given, dict) and "format" in given else copied


def edited(text: str, change: Change) -> str:
    """A canonical text with something changed in its value."""
    value = canonical.parse(text)
    change(value)
    return canonical.encode(value)


def on_list(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[str], str]:
    return lambda packed: pack(change(unpack(packed)))
