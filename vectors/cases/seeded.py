"""Reproducible bytes: the same label always gives the same ones."""

from __future__ import annotations

import hashlib


def seeded(label: str, count: int = 16) -> bytes:
    output = b""
    while len(output) < count:
        output += hashlib.sha256(f"sealtrail vectors|{label}|{len(output)}".encode()).digest()
    return output[:count]
