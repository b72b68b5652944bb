"""Range proofs (SPEC section 5.1): that some neighbouring leaves stand where they are said to stand."""

from __future__ import annotations

from typing import Sequence

from .merkle import node_hash, root, well_formed

Subtree = tuple[int, int]  # first leaf, number of leaves


def before(start: int) -> list[Subtree]:
    """Perfect subtrees that cover the leaves below `start`."""
    found, position = [], 0
    while position < start:
        size = largest_power(start - position)
        found.append((position, size))
        position += size
    return found


def after(position: int, size: int) -> list[Subtree]:
    """Perfect subtrees that cover the leaves from `position` to the end."""
    found = []
    while position < size:
        leaves = min(position & -position, largest_power(size - position))
        found.append((position, leaves))
        position += leaves
    return found


def largest_power(limit: int) -> int:
    """The largest power of two that is not above the limit (limit >= 1)."""
    return 1 << (limit.bit_length() - 1)


def range_proof(start: int, end: int, hashes: Sequence[bytes]) -> list[bytes]:
    """The proof for the leaves `start` to `end - 1`."""
    return [root(hashes[at : at + leaves]) for at, leaves in before(start) + after(end, len(hashes))]


def verify_range(start: int, size: int, leaves: Sequence[bytes], proof: Sequence[bytes], expected: bytes) -> bool:
    end = start + len(leaves)
    if not leaves or not 0 <= start < end <= size or not well_formed(expected, *leaves, *proof):
        return False
    left, right = before(start), after(end, size)
    if len(proof) != len(left) + len(right):
        return False
    sizes = [count for _, count in left] + [1] * len(leaves) + [count for _, count in right]
    nodes = [*proof[: len(left)], *leaves, *proof[len(left) :]]
    return join(sizes, nodes) == expected


def join(sizes: Sequence[int], nodes: Sequence[bytes]) -> bytes:
    """A binary counter: two neighbours of one size become one of twice the size."""
    stack: list[tuple[int, bytes]] = []
    for size, node in zip(sizes, nodes, strict=True):
        while stack and stack[-1][0] == size:
            size, node = size * 2, node_hash(stack.pop()[1], node)
        stack.append((size, node))
    _, joined = stack.pop()
    while stack:
        joined = node_hash(stack.pop()[1], joined)
    return joined
