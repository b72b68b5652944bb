#!/usr/bin/env python3
"""Verifies an entry proof, a history proof or evidence with nothing but the specification's rules.

    python3 vectors/verify_proof.py FILE [VKEY ...]

VKEY is a C2SP verifier key of the log: the proof then has to lead to a checkpoint that one of them signed.
Prints `valid: ...` and what follows from it (exit 0), `invalid: section N: REASON` (exit 1) or `unverifiable: REASON`
(exit 2).
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.dont_write_bytecode = True

from sealtrail.checkpoints import parse_vkey  # noqa: E402
from sealtrail.entry import hash_value  # noqa: E402
from sealtrail.evidence import verify_evidence  # noqa: E402
from sealtrail.packed import GZIP  # noqa: E402
from sealtrail.proofs import Proved, verify_proof  # noqa: E402
from sealtrail.sealed_anchors import Invalid  # noqa: E402

EVIDENCE = (GZIP, b'{"evidence":')


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    file, *vkeys = arguments
    try:
        data = Path(file).read_bytes()
        for vkey in vkeys:
            parse_vkey(vkey)
    except (OSError, ValueError) as error:
        print(f"unverifiable: {error}")
        return 2
    try:
        if data.startswith(EVIDENCE):
            disclosed = verify_evidence(data, vkeys)
            report(disclosed.proved, sum(map(len, disclosed.openings)))
        else:
            report(verify_proof(data, vkeys), 0)
    except Invalid as error:
        print(f"invalid: {error}")
        return 1
    return 0


def report(proved: Proved, opened: int) -> None:
    anchors, seal = proved.sealed.anchors, proved.sealed.seal
    if proved.record is None:
        print(f"valid: entry {int(proved.entries[0]['seq'])} of {proved.tenant}")
    else:
        what = f"{proved.record['type']} {proved.record['id']} of {proved.tenant}"
        print(f"valid: {len(proved.entries)} entries touch {what}, and no other one up to position {int(anchors[-1]['to'])}")
    print(f"sealed by seal {int(seal['seq'])}, {seal['time']}, hash {hash_value(seal).hex()}")
    if opened:
        print(f"{opened} disclosed values open their commitments")
    if proved.checkpoint is None:
        print("not checked: whether the seal is one that others know; compare its number and hash, or give a key")
    else:
        found = proved.checkpoint
        print(f"under a checkpoint of {found.origin} over {found.size} entries, signed by {', '.join(found.signed_by)}")
        print(f"not checked: cosignatures, and {found.timestamps} time-stamps")
    print("not checked: whether the sealed trees are over all of the log, and sorted; that takes the entries")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
