"""merkle.json: roots, proofs, and probes that a verifier must answer rightly."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Callable, Iterator, Sequence

from sealtrail import merkle

from .definition import fold_consistency, fold_inclusion
from .seeded import seeded

Probe = dict[str, Any]
Hashes = list[bytes]
Change = tuple[str, dict[str, Any]]

INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
RFC_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = [(0, 1), (0, 8), (5, 8), (2, 3), (1, 5)]
CONSISTENCY = [(1, 1), (1, 8), (6, 8), (2, 5), (6, 7)]

SMALL_SIZES = range(1, 10)
LARGE_INDICES = {16: (0, 7, 15), 17: (0, 8, 16), 31: (0, 29, 30), 33: (0, 31, 32), 100: (0, 63, 64, 98, 99)}
LARGE_PAIRS = [(1, 16), (8, 16), (15, 16), (16, 17), (16, 31), (30, 31), (31, 33), (32, 33), (33, 100), (64, 100), (99, 100)]
# Beyond 32 bits: all leaves of such a tree are equal, so that its nodes can be computed.
HUGE_SIZES = [2**31 + 5, 2**32, 2**32 + 1, 2**40 + 3, 2**53 - 1]

STRANGER = seeded("a hash that occurs in no tree", 32)


def flipped(item: bytes, position: int = 0) -> bytes:
    return item[:position] + bytes([item[position] ^ 1]) + item[position + 1 :]


def proof_changes(proof: Hashes) -> Iterator[tuple[str, Hashes]]:
    """Ways to spoil a proof. Some may leave it valid: the caller asks the definition."""
    yield "extended at the head", [STRANGER] + proof
    yield "extended at the tail", proof + [STRANGER]
    if not proof:
        return
    yield "empty proof", []
    yield "first hash missing", proof[1:]
    yield "last hash missing", proof[:-1]
    yield "first hash twice", [proof[0]] + proof
    yield "last hash twice", proof + [proof[-1]]
    yield "first hash altered", [flipped(proof[0])] + proof[1:]
    yield "last hash altered", proof[:-1] + [flipped(proof[-1], 31)]
    yield "first hash replaced", [STRANGER] + proof[1:]
    if len(proof) > 1:
        yield "reversed", proof[::-1]
        yield "first two swapped", [proof[1], proof[0]] + proof[2:]
    if len(proof) > 2:
        yield "hash in the middle missing", proof[:1] + proof[2:]


def shape_changes(proof: Hashes) -> Iterator[tuple[str, Hashes]]:
    """Lists in which something is not a hash."""
    yield "short hash", [proof[0][:31]] + proof[1:]
    yield "long hash", [proof[0] + b"\x00"] + proof[1:]
    yield "empty hash added", proof + [b""]
    if len(proof) > 1:
        yield "two hashes run together", [proof[0] + proof[1]] + proof[2:]


def inclusion_changes(index: int, size: int, leaf: bytes, proof: Hashes, root: bytes) -> Iterator[Change]:
    for delta in (-1, 1, size):
        yield f"index {delta:+d}", {"index": index + delta}
    for bit in range(size.bit_length()):
        yield f"bit {bit} of the index flipped", {"index": index ^ (1 << bit)}
    yield "index is the size", {"index": size}
    yield "index is negative", {"index": -1 - index}
    yield "index is huge", {"index": 2**53 + index}
    yield "index beyond 32 bits", {"index": 2**32 + index}
    for other in (size - 1, size + 1, size * 2, (size + 1) // 2, 0, -size, 2**32 + size):
        yield f"size {other} for {size}", {"size": other}
    yield "other leaf", {"leaf": flipped(leaf)}
    yield "leaf is the root", {"leaf": root}
    yield "leaf is empty", {"leaf": b""}
    yield "other root", {"root": flipped(root, 31)}
    yield "root is the leaf", {"root": leaf}
    yield "root is the empty tree's", {"root": merkle.root([])}
    for desc, changed in proof_changes(proof):
        yield desc, {"proof": changed}
    if proof:
        yield "proof begins with the leaf", {"proof": [leaf] + proof}
        yield "proof ends with the root", {"proof": proof + [root]}


def consistency_changes(size1: int, size2: int, root1: bytes, proof: Hashes, root2: bytes) -> Iterator[Change]:
    yield "size1 is 0", {"size1": 0}
    yield "size1 is 0, empty proof", {"size1": 0, "root1": merkle.root([]), "proof": []}
    yield "size1 is negative", {"size1": -size1}
    yield "size1 beyond size2", {"size1": size2 + 1}
    yield "sizes exchanged", {"size1": size2, "size2": size1}
    yield "sizes and roots exchanged", {"size1": size2, "size2": size1, "root1": root2, "root2": root1}
    for other in (size1 - 1, size1 + 1, size1 * 2, 2**32 + size1):
        yield f"size1 {other} for {size1}", {"size1": other}
    for other in (size2 - 1, size2 + 1, size2 * 2, 0, -size2, 2**32 + size2):
        yield f"size2 {other} for {size2}", {"size2": other}
    yield "both sizes are size2", {"size1": size2}
    yield "both sizes are size1", {"size2": size1}
    yield "root1 altered", {"root1": flipped(root1)}
    yield "root2 altered", {"root2": flipped(root2, 31)}
    yield "roots exchanged", {"root1": root2, "root2": root1}
    yield "root1 for both", {"root2": root1}
    yield "root2 for both", {"root1": root2}
    yield "both roots strange", {"root1": STRANGER, "root2": STRANGER}
    for desc, changed in proof_changes(proof):
        yield desc, {"proof": changed}
    if proof:
        yield "proof begins with root1", {"proof": [root1] + proof}
        yield "proof ends with root2", {"proof": proof + [root2]}


FIELDS: dict[str, tuple[str, ...]] = {
    "inclusion": ("index", "size", "leaf", "proof", "root"),
    "consistency": ("size1", "size2", "root1", "root2", "proof"),
}
DEFINITIONS: dict[str, Callable[..., bool]] = {"inclusion": fold_inclusion, "consistency": fold_consistency}
VERIFIERS: dict[str, Callable[..., bool]] = {"inclusion": merkle.verify_inclusion, "consistency": merkle.verify_consistency}


def probe(kind: str, desc: str, values: dict[str, Any]) -> tuple[bool, Probe]:
    """Whether the probe is valid by definition, and its form in the file."""
    arguments = [values[field] for field in FIELDS[kind]]
    valid = DEFINITIONS[kind](*arguments)
    assert VERIFIERS[kind](*arguments) == valid, (kind, desc)
    written = {field: to_hex(values[field]) for field in FIELDS[kind]}
    return valid, {"kind": kind, "desc": desc, **written, "wantErr": not valid}


def to_hex(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return [item.hex() for item in value] if isinstance(value, list) else value


def probes_of(kind: str, name: str, values: dict[str, Any], changes: Iterator[Change]) -> list[Probe]:
    """The valid probe first, then each different change that the definition refuses."""
    valid, good = probe(kind, f"{name}: valid", values)
    assert valid, name
    probes, seen = [good], [values]
    for desc, change in changes:
        changed = values | change
        if changed in seen:
            continue
        seen.append(changed)
        accepted, bad = probe(kind, f"{name}: {desc}", changed)
        if not accepted:  # a change may happen to describe the same tree
            probes.append(bad)
    return probes


def leaves(count: int) -> Hashes:
    return [merkle.leaf_hash(bytes.fromhex(INPUTS[i]) if i < 8 else bytes([i])) for i in range(count)]


def inclusion_values(index: int, size: int) -> dict[str, Any]:
    hashes = leaves(size)
    proof = merkle.inclusion_proof(index, hashes)
    return {"index": index, "size": size, "leaf": hashes[index], "proof": proof, "root": merkle.root(hashes)}


def consistency_values(size1: int, size2: int) -> dict[str, Any]:
    hashes = leaves(size2)
    proof = merkle.consistency_proof(size1, hashes)
    old, new = merkle.root(hashes[:size1]), merkle.root(hashes)
    return {"size1": size1, "size2": size2, "root1": old, "root2": new, "proof": proof}


def thinned(changes: Iterator[Change], first: int, size: int) -> Iterator[Change]:
    """Every change in small trees, every third (another third for each index) in larger ones: keeps the file small."""
    return changes if size <= 5 else iter(list(changes)[first % 3 :: 3])


def inclusion_probes() -> list[Probe]:
    pairs = [(index, size) for size in SMALL_SIZES for index in range(size)]
    pairs += [(index, size) for size, indices in LARGE_INDICES.items() for index in indices]
    probes: list[Probe] = []
    for index, size in pairs:
        values = inclusion_values(index, size)
        changes = inclusion_changes(**values)
        probes += probes_of("inclusion", f"{index} of {size}", values, thinned(changes, index, size))
    return probes


def consistency_probes() -> list[Probe]:
    pairs = [(size1, size2) for size2 in SMALL_SIZES for size1 in range(1, size2 + 1)]
    probes: list[Probe] = []
    for size1, size2 in pairs + LARGE_PAIRS:
        values = consistency_values(size1, size2)
        changes = consistency_changes(**values)
        probes += probes_of("consistency", f"{size1} to {size2}", values, thinned(changes, size1, size2))
    return probes


def shape_probes() -> list[Probe]:
    probes: list[Probe] = []
    spoiled = inclusion_values(5, 8)
    for desc, proof in shape_changes(spoiled["proof"]):
        probes.append(probe("inclusion", f"5 of 8: {desc}", spoiled | {"proof": proof})[1])
    spoiled = consistency_values(6, 8)
    for desc, proof in shape_changes(spoiled["proof"]):
        probes.append(probe("consistency", f"6 to 8: {desc}", spoiled | {"proof": proof})[1])
    probes.append(probe("inclusion", "0 of 0: empty tree", dict(index=0, size=0, leaf=STRANGER, proof=[], root=merkle.root([])))[1])
    empty = merkle.root([])
    for size2, root2 in ((0, empty), (1, leaves(1)[0])):
        values = {"size1": 0, "size2": size2, "root1": empty, "root2": root2, "proof": []}
        probes.append(probe("consistency", f"0 to {size2}: does not exist", values)[1])
    assert all(item["wantErr"] for item in probes)
    return probes


EQUAL_LEAF = merkle.leaf_hash(b"\x00")


@lru_cache(maxsize=None)
def equal_root(size: int) -> bytes:
    """Root of a tree whose leaves are all EQUAL_LEAF."""
    if size == 1:
        return EQUAL_LEAF
    k = merkle.split(size)
    return merkle.node_hash(equal_root(k), equal_root(size - k))


def equal_path(index: int, size: int) -> Hashes:
    if size == 1:
        return []
    k = merkle.split(size)
    if index < k:
        return equal_path(index, k) + [equal_root(size - k)]
    return equal_path(index - k, size - k) + [equal_root(k)]


def equal_subproof(size1: int, size2: int, known: bool = True) -> Hashes:
    if size1 == size2:
        return [] if known else [equal_root(size2)]
    k = merkle.split(size2)
    if size1 <= k:
        return equal_subproof(size1, k, known) + [equal_root(size2 - k)]
    return equal_subproof(size1 - k, size2 - k, False) + [equal_root(k)]


def huge_probes() -> list[Probe]:
    probes: list[Probe] = []
    for size in HUGE_SIZES:
        for index in (2**31 + 3, size - 1):
            values = {"index": index, "size": size, "leaf": EQUAL_LEAF, "proof": equal_path(index, size), "root": equal_root(size)}
            changes = [("index without high bits", {"index": index % 2**31}), ("size without high bits", {"size": size % 2**32})]
            changes += [("index is the size", {"index": size}), ("last hash missing", {"proof": values["proof"][:-1]})]
            probes += probes_of("inclusion", f"{index} of {size}", values, iter(changes))
        for size1 in (5, 2**31 + 1, size - 1):
            values = {"size1": size1, "size2": size, "root1": equal_root(size1), "root2": equal_root(size), "proof": equal_subproof(size1, size)}
            changes = [("size2 one less", {"size2": size - 1}), ("size1 without high bits", {"size1": size1 % 2**31})]
            probes += probes_of("consistency", f"{size1} to {size}", values, iter(changes))
    return probes


def proofs() -> dict[str, list[Any]]:
    hashes = leaves(8)
    inclusion = [
        {"index": index, "size": size, "proof": to_hex(merkle.inclusion_proof(index, hashes[:size]))} for index, size in INCLUSION
    ]
    consistency = [
        {"size1": size1, "size2": size2, "proof": to_hex(merkle.consistency_proof(size1, hashes[:size2]))}
        for size1, size2 in CONSISTENCY
    ]
    return {"inclusion": inclusion, "consistency": consistency}


def files() -> dict[str, Any]:
    hashes = leaves(8)
    roots: Sequence[str] = [merkle.root(hashes[:size]).hex() for size in range(9)]
    assert roots == RFC_ROOTS
    check_published_paths(hashes)
    probes = inclusion_probes() + consistency_probes() + shape_probes() + huge_probes()
    content = {"inputs": INPUTS, "leaves": to_hex(hashes), "roots": roots, **proofs(), "probes": probes}
    return {"merkle.json": content}


def check_published_paths(leaf: Hashes) -> None:
    """The published paths, written as nodes: N(level, index) of the tree of eight."""

    def node(level: int, index: int) -> bytes:
        return merkle.root(leaf[index << level : (index + 1) << level])

    paths = {
        (0, 8): [leaf[1], node(1, 1), node(2, 1)],
        (5, 8): [leaf[4], node(1, 3), node(2, 0)],
        (2, 3): [node(1, 0)],
        (1, 5): [leaf[0], node(1, 1), leaf[4]],
    }
    assert all(merkle.inclusion_proof(m, leaf[:n]) == path for (m, n), path in paths.items())
    paths = {
        (1, 8): [leaf[1], node(1, 1), node(2, 1)],
        (6, 8): [node(1, 2), node(1, 3), node(2, 0)],
        (2, 5): [node(1, 1), leaf[4]],
        (6, 7): [node(1, 2), leaf[6], node(2, 0)],
    }
    assert all(merkle.consistency_proof(m, leaf[:n]) == path for (m, n), path in paths.items())
