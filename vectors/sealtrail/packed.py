"""Files that may be in gzip: evidence (SPEC section 15) and archives (17)."""

from __future__ import annotations

import gzip
import zlib

GZIP = b"\x1f\x8b"


def unpacked(data: bytes) -> bytes:
    """The bytes, out of gzip if they are in it; raises ValueError if they are in it and damaged."""
    if not data.startswith(GZIP):
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError("gzip") from error
