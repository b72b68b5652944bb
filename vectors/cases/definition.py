"""Validity of proofs from the recursive definition of RFC 6962, 2.1.

Kept apart from sealtrail.merkle, which follows the loops of RFC 9162, and sealtrail.ranges: each probe is judged here, and the
two are compared.
"""

from __future__ import annotations

import hashlib
from typing import Sequence

MAX_SIZE = 2**53 - 1  # what a reader can hold as a number


class Invalid(Exception):
    """The proof has not the shape that the sizes demand."""


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def largest_power_below(size: int) -> int:
    k = 1
    while k * 2 < size:
        k *= 2
    return k


def are_hashes(*items: bytes) -> bool:
    return all(len(item) == 32 for item in items)


def fold_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    if not 0 <= index < size <= MAX_SIZE or not are_hashes(leaf, root, *proof):
        return False
    try:
        return fold_path(index, size, leaf, list(proof)) == root
    except Invalid:
        return False


def fold_path(index: int, size: int, leaf: bytes, proof: list[bytes]) -> bytes:
    """The root of a tree in which PATH(index, size) is this proof."""
    if size == 1:
        if proof:
            raise Invalid
        return leaf
    if not proof:
        raise Invalid
    k = largest_power_below(size)
    *inner, last = proof
    if index < k:
        return node(fold_path(index, k, leaf, inner), last)
    return node(last, fold_path(index - k, size - k, leaf, inner))


def fold_consistency(size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]) -> bool:
    if not 0 < size1 <= size2 <= MAX_SIZE or not are_hashes(root1, root2, *proof):
        return False
    try:
        return fold_subproof(size1, size2, list(proof), root1) == (root1, root2)
    except Invalid:
        return False


def fold_subproof(size1: int, size2: int, proof: list[bytes], known: bytes | None) -> tuple[bytes, bytes]:
    """Old and new root of the trees in which SUBPROOF(size1, size2) is this proof.

    `known` is the old root as long as the subtree begins at leaf 0 and may thus equal the whole old tree.
    """
    if size1 == size2:
        if known is not None and not proof:
            return known, known
        if known is None and len(proof) == 1:
            return proof[0], proof[0]
        raise Invalid
    if not proof:
        raise Invalid
    k = largest_power_below(size2)
    *inner, last = proof
    if size1 <= k:
        old, new = fold_subproof(size1, k, inner, known)
        return old, node(new, last)
    old, new = fold_subproof(size1 - k, size2 - k, inner, None)
    return node(last, old), node(last, new)


def fold_range(start: int, size: int, leaves: Sequence[bytes], proof: Sequence[bytes], root: bytes) -> bool:
    end = start + len(leaves)
    if not leaves or not 0 <= start < end <= size <= MAX_SIZE or not are_hashes(root, *leaves, *proof):
        return False
    rest = list(proof)
    try:
        return fold_span(0, size, start, leaves, rest) == root and not rest
    except Invalid:
        return False


def fold_span(at: int, size: int, start: int, leaves: Sequence[bytes], rest: list[bytes]) -> bytes:
    """The root over `size` leaves from `at` on. A perfect subtree without any of the leaves is taken from the proof."""
    apart = at + size <= start or at >= start + len(leaves)
    if apart and size & (size - 1) == 0:
        if not rest:
            raise Invalid
        return rest.pop(0)
    if size == 1:
        return leaves[at - start]
    k = largest_power_below(size)
    left = fold_span(at, k, start, leaves, rest)
    return node(left, fold_span(at + k, size - k, start, leaves, rest))
