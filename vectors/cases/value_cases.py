"""commitments.json and records.json."""

from __future__ import annotations

from typing import Any

from sealtrail import canonical, merkle
from sealtrail.records import RecordLeaf, Touch, record_leaves, records_root
from sealtrail.sealed import commitment

from .seeded import seeded

VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 0.1, 1e21, 1e-7, 5e-324, 9007199254740991, "", "null", "Ada Lovelace", "ada@example.com",
    "Zoë\u2028\u0000\"\\/", "\U0001f600", [], {}, [[]], [1, "a", None], {"b": 1, "a": [True, {"z": {}, "y": ""}]},
    {"\ufb33": 1, "\U0001f600": 2}, {"__proto__": {"polluted": True}},
    {"email": {"from": "a@example.com", "to": "b@example.com"}, "amount": {"from": 1200.5, "to": 990}},
]


def commitment_case(label: str, salt: bytes, value: Any) -> dict[str, Any]:
    text = canonical.encode(value)
    return {"name": label, "salt": salt.hex(), "value": value, "canonical": text, "commitment": commitment(salt, value).hex()}


def commitment_cases() -> list[dict[str, Any]]:
    cases = [commitment_case(f"value {i}", seeded(f"salt {i}"), value) for i, value in enumerate(VALUES)]
    cases.append(commitment_case("zero salt", bytes(16), "x"))
    cases.append(commitment_case("salt of ones", b"\xff" * 16, "x"))
    cases.append(commitment_case("same value, salt 1", seeded("one"), "x"))
    cases.append(commitment_case("same value, salt 2", seeded("two"), "x"))
    deep: Any = []
    for _ in range(31):
        deep = [deep]
    cases.append(commitment_case("32 deep", seeded("deep"), deep))
    return cases


Targets = list[list[tuple[str, str]]]

SEGMENTS: dict[str, tuple[str, int, Targets]] = {
    "no record": ("acme", 0, [[], []]),
    "one record in one entry": ("acme", 0, [[], [("deal", "d-1")]]),
    "one record in all entries": ("acme", 4096, [[("deal", "d-1")]] * 5),
    "several": (
        "acme", 4,
        [[("deal", "d-77"), ("contact", "c-1042")], [("contact", "c-1042")], [], [("contact", "c-7"), ("deal", "d-77"), ("note", "n/1")]],
    ),
    "the same records of another tenant": (
        "globex", 4,
        [[("deal", "d-77"), ("contact", "c-1042")], [("contact", "c-1042")], [], [("contact", "c-7"), ("deal", "d-77"), ("note", "n/1")]],
    ),
    "same id, several types": ("acme", 1, [[("a", "1"), ("b", "1"), ("a_b", "1")], [("b", "1")]]),
    "unicode and escapes": ("acme", 2, [[("contact", "Zoë"), ("contact", "\U0001f600"), ("contact", '"\\')], [("contact", "\U0001f600")]]),
    "positions beyond 32 bits": ("acme", 2**32 - 1, [[("deal", "d-1")], [("deal", "d-1"), ("deal", "d-2")], [("deal", "d-1")]]),
    "last position": ("acme", 2**53 - 1, [[("deal", "d-1")]]),
    "many": ("acme", 100, [[("contact", f"c-{(i * j) % 23}") for j in (1, 24, 25)][: 1 + i % 2] for i in range(1, 30)]),
}


def describe(leaf: RecordLeaf) -> dict[str, Any]:
    return {
        "type": leaf.type, "id": leaf.id, "key": leaf.key.hex(), "positions": list(leaf.positions),
        "touch": leaf.digest.hex(), "leaf": leaf.leaf.hex(),
    }


def segment_case(name: str, tenant: str, start: int, targets: Targets) -> dict[str, Any]:
    entries = []
    for offset, pairs in enumerate(targets):
        unique = list(dict.fromkeys(pairs))
        refs = [{"type": kind, "id": ident} for kind, ident in unique]
        entries.append(Touch(start + offset, seeded(f"entry {name} {offset}", 32), refs))
    leaves = record_leaves(tenant, entries)
    return {
        "name": name,
        "tenant": tenant,
        "entries": [{"seq": item.seq, "hash": item.hash.hex(), "targets": item.targets} for item in entries],
        "records": [describe(leaf) for leaf in leaves],
        "records_root": records_root(leaves).hex(),
        "records_size": len(leaves),
    }


def files() -> dict[str, Any]:
    segments = [segment_case(name, *rest) for name, rest in SEGMENTS.items()]
    assert segments[0]["records_root"] == merkle.sha256(b"").hex()
    return {"commitments.json": {"cases": commitment_cases()}, "records.json": {"segments": segments}}
