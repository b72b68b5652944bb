#!/usr/bin/env python3
"""Writes the known-answer files beside this script; with --check, compares them instead.

    python3 vectors/generate.py             write
    python3 vectors/generate.py --check     exit 1 if a file on disk differs
    python3 vectors/generate.py --example   print the worked example of SPEC section 11
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.dont_write_bytecode = True

from cases import (  # noqa: E402
    canonical_cases,
    entry_cases,
    evidence_cases,
    log_cases,
    merkle_cases,
    proof_cases,
    pruned_cases,
    range_cases,
    seal_cases,
    tampered_cases,
    tlog_cases,
    value_cases,
)

HERE = Path(__file__).resolve().parent
MODULES = (
    canonical_cases,
    merkle_cases,
    range_cases,
    entry_cases,
    value_cases,
    log_cases,
    tampered_cases,
    tlog_cases,
    seal_cases,
    proof_cases,
    evidence_cases,
    pruned_cases,
)


def layout(content: dict[str, Any]) -> str:
    """JSON in plain ASCII with one line for each case, so that a difference is readable."""
    return "{\n" + ",\n".join(f"{dump(name)}: {layout_value(value)}" for name, value in content.items()) + "\n}\n"


def layout_value(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return dump(value)
    return "[\n" + ",\n".join("  " + dump(item) for item in value) + "\n]"


def dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, allow_nan=False)


def all_files() -> dict[str, bytes]:
    """File name (relative to this folder) to its bytes."""
    files: dict[str, bytes] = {}
    for module in MODULES:
        for name, content in module.files().items():
            files[name] = content if isinstance(content, bytes) else layout(content).encode("ascii")
    return files


def differing(files: dict[str, bytes]) -> list[str]:
    wrong = [name for name, data in files.items() if not matches(HERE / name, data)]
    leftover = {f"{path.parent.name}/{path.name}" for path in HERE.glob("*/*.jsonl")} - set(files)
    return sorted(wrong) + sorted(leftover)


def matches(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


def write(files: dict[str, bytes]) -> None:
    for name in differing(files):
        path = HERE / name
        if name not in files:
            path.unlink()
            continue
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(files[name])
        print(f"wrote {name}")


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"], ["--example"]):
        print(__doc__, file=sys.stderr)
        return 2
    if arguments == ["--example"]:
        from cases import example

        print(example.text())
        return 0
    files = all_files()
    if arguments == ["--check"]:
        wrong = differing(files)
        for name in wrong:
            print(f"differs: {name}")
        return 1 if wrong else 0
    write(files)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
