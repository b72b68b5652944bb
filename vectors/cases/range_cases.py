"""ranges.json: range proofs in trees of many sizes, and what a verifier must refuse."""

from __future__ import annotations

from typing import Any, Iterator

from sealtrail import merkle
from sealtrail.ranges import after, before, join, range_proof, verify_range

from .definition import MAX_SIZE, fold_range
from .seeded import seeded

Case = dict[str, Any]

LEAVES = [merkle.leaf_hash(f"range leaf {index}".encode()) for index in range(40)]
EVERY_SIZE = 9
SPANS = [(0, 1, 40), (39, 40, 40), (13, 15, 40), (15, 17, 40), (16, 32, 40), (31, 33, 33), (1, 32, 33), (0, 33, 33), (7, 9, 31)]
LARGE = [(2**52, 2, 2**52 + 2), (2**53 - 2, 1, MAX_SIZE), (2**32 - 1, 2, 2**33 + 5), (0, 1, MAX_SIZE), (2**40 + 3, 3, 2**41 - 1)]


def listed(start: int, end: int, size: int) -> Case:
    proof = range_proof(start, end, LEAVES[:size])
    return {"start": start, "end": end, "size": size, "proof": [item.hex() for item in proof]}


def all_spans() -> Iterator[tuple[int, int, int]]:
    for size in range(1, EVERY_SIZE + 1):
        for start in range(size):
            for end in range(start + 1, size + 1):
                yield start, end, size
    yield from SPANS


def probe(desc: str, start: int, size: int, leaves: list[bytes], proof: list[bytes], root: bytes, want: bool) -> Case:
    """The definition, the verifier and whoever wrote the case have to agree."""
    judged = fold_range(start, size, leaves, proof, root)
    assert judged == want, (desc, judged)
    assert verify_range(start, size, leaves, proof, root) == want or size > MAX_SIZE, desc
    return {
        "desc": desc, "start": start, "size": size, "leaves": [item.hex() for item in leaves],
        "proof": [item.hex() for item in proof], "root": root.hex(), "wantErr": not want,
    }


def around(start: int, end: int, size: int) -> Iterator[Case]:
    """One true proof, and everything near it that is none."""
    leaves, root = LEAVES[start:end], merkle.root(LEAVES[:size])
    proof = range_proof(start, end, LEAVES[:size])
    name = f"{start} to {end - 1} of {size}"

    def wrong(
        desc: str, at: int = start, of: int = size, shown: list[bytes] = leaves, path: list[bytes] = proof, to: bytes = root
    ) -> Case:
        return probe(f"{name}: {desc}", at, of, shown, path, to, False)

    yield probe(f"{name}: as it is", start, size, leaves, proof, root, True)
    yield wrong("another root", to=seeded("another root", 32))
    yield wrong("no leaf", shown=[])
    yield wrong("a leaf too many", shown=leaves + [leaves[-1]])
    yield wrong("a hash too many at the end", path=proof + [root])
    yield wrong("a hash too many at the beginning", path=[root] + proof)
    yield wrong("the index before the tree", at=-1)
    yield wrong("the range beyond the tree", at=size - len(leaves) + 1)
    yield wrong("the index far beyond", at=MAX_SIZE)
    yield wrong("no tree", of=0)
    yield wrong("a leaf of 31 bytes", shown=leaves[:-1] + [leaves[-1][:31]])
    yield wrong("the root without its last byte", to=root[:31])
    if start > 0:
        yield wrong("one place to the left", at=start - 1)
    if end < size:
        yield wrong("one place to the right", at=start + 1)
        yield wrong("a leaf less", shown=leaves[:-1])
    if len(leaves) > 1:
        yield wrong("leaves exchanged", shown=leaves[:-2] + [leaves[-1], leaves[-2]])
        yield wrong("the first leaf left out", shown=leaves[1:])
        yield wrong("neighbours that are not: the second is the next but one", shown=leaves[:-1] + [LEAVES[end]])
    for index in range(len(proof)):
        yield wrong(f"hash {index} missing", path=proof[:index] + proof[index + 1 :])
        yield wrong(f"hash {index} altered", path=proof[:index] + [seeded("altered", 32)] + proof[index + 1 :])
        yield wrong(f"hash {index} of 33 bytes", path=proof[:index] + [proof[index] + b"\x00"] + proof[index + 1 :])
        if index > 0:
            exchanged = proof[: index - 1] + [proof[index], proof[index - 1]] + proof[index + 1 :]
            yield wrong(f"hashes {index - 1} and {index} exchanged", path=exchanged)


def inner_nodes() -> Iterator[Case]:
    """Nodes of the tree that are passed off as leaves, or as one subtree where the rule asks for two."""
    eight, root8 = LEAVES[:8], merkle.root(LEAVES[:8])
    pair = merkle.node_hash(eight[2], eight[3])
    path = [merkle.root(eight[:2]), merkle.root(eight[4:])]
    yield probe("two leaves as one of a tree of 8", 1, 8, [pair], path, root8, False)
    yield probe("the same in a tree of half the size: nothing but the trusted size tells", 1, 4, [pair], path, root8, True)
    yield probe("the root as the only leaf of a tree of 8", 0, 8, [root8], [], root8, False)
    seven, root7 = LEAVES[:7], merkle.root(LEAVES[:7])
    yield probe("4 to 6 of 7 as one subtree", 0, 7, seven[:4], [merkle.root(seven[4:])], root7, False)
    yield probe("5 leaves before as one subtree", 5, 7, [seven[5]], [merkle.root(seven[:5]), seven[6]], root7, False)
    turned = [merkle.root(seven[4:6]), merkle.root(seven[:4])]
    yield probe("subtrees before the range from right to left", 6, 7, [seven[6]], turned, root7, False)


def large_trees() -> Iterator[Case]:
    """Trees that nobody stores; their subtrees are arbitrary hashes."""
    for start, count, size in LARGE:
        leaves = [seeded(f"large leaf {index}", 32) for index in range(count)]
        left, right = before(start), after(start + count, size)
        proof = [seeded(f"large {at} {span}", 32) for at, span in left + right]
        sizes = [span for _, span in left] + [1] * count + [span for _, span in right]
        root = join(sizes, proof[: len(left)] + leaves + proof[len(left) :])
        yield probe(f"{count} from {start} of {size}", start, size, leaves, proof, root, True)
        yield probe(f"{count} from {start} of {size}, the last hash missing", start, size, leaves, proof[:-1], root, False)
        if size + 2 < MAX_SIZE:
            yield probe(f"{count} from {start} of {size}, two leaves more", start, size + 2, leaves, proof, root, False)


def files() -> dict[str, Any]:
    probes = [case for span in SPANS + [(2, 4, 5), (0, 1, 1), (0, 1, 2), (5, 7, 7)] for case in around(*span)]
    return {
        "ranges.json": {
            "leaves": [item.hex() for item in LEAVES],
            "proofs": [listed(*span) for span in all_spans()],
            "probes": probes + list(inner_nodes()) + list(large_trees()),
        }
    }
