#!/usr/bin/env python3
"""Verifies a bundle, in gzip or not, with nothing but the specification's rules.

    python3 vectors/verify_bundle.py FILE

Prints `valid N entries` (exit 0) and what is not in the file, `broken at position P: CODE` (exit 1) or `unverifiable: REASON` (exit 2).
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.dont_write_bytecode = True

from sealtrail.packed import unpacked  # noqa: E402
from sealtrail.verify import verify_bundle  # noqa: E402


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        data = Path(arguments[0]).read_bytes()
    except OSError as error:
        print(f"unverifiable: {error}")
        return 2
    try:
        plain = unpacked(data)
    except ValueError as error:
        print(f"broken: {'bundle_truncated' if isinstance(error.__cause__, EOFError) else 'bundle_malformed'}")
        return 1
    try:
        report = verify_bundle(plain)
    except ValueError as error:
        print(f"unverifiable: {error}")
        return 2
    first = report.first()
    if first is None:
        print(f"valid {report.entries} entries")
        if report.erased:
            print(f"{report.erased} values were erased, and accounted for")
        for part in report.beginnings:
            why = "pruned" if part.pruned else "not in the file"
            print(f"not checked: positions 0 to {part.first - 1} of {part.tenant}, {why}")
        return 0
    if report.is_unknown():
        print(f"unverifiable: entry {first.position} has a format version that is not known")
        return 2
    place = "" if first.position is None else f" at position {first.position}"
    print(f"broken{place}: {first.code}")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
