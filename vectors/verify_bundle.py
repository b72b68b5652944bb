#!/usr/bin/env python3
"""Verifies a bundle with nothing but the specification's rules.

    python3 vectors/verify_bundle.py FILE

Prints `valid N entries` (exit 0), `broken at position P: CODE` (exit 1) or `unverifiable: REASON` (exit 2).
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.dont_write_bytecode = True

from sealtrail.bundle import Unverifiable  # noqa: E402
from sealtrail.verify import verify_bundle  # noqa: E402


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        report = verify_bundle(Path(arguments[0]).read_bytes())
    except (OSError, Unverifiable) as error:
        print(f"unverifiable: {error}")
        return 2
    first = report.first()
    if first is None:
        print(f"valid {report.entries} entries")
        return 0
    place = "" if first.position is None else f" at position {first.position}"
    print(f"broken{place}: {first.code}")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
