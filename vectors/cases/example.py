"""The worked example of SPEC section 11, as Markdown."""

from __future__ import annotations

from typing import Any

from sealtrail import canonical, merkle
from sealtrail.entry import check_anchor, check_entry, genesis_entry, hash_value
from sealtrail.records import build_anchor, key_input, record_leaves, touch_input, touch_of
from sealtrail.sealed import commitment, commitment_input

WIDTH = 116
Value = dict[str, Any]

VALUE = "Zoë asked for 10 % off"
SALT = bytes(range(0xA0, 0xB0))


def entries() -> list[Value]:
    genesis = genesis_entry("acme", "2026-03-02T08:00:00.000Z")
    proposal = {
        "v": 1,
        "tenant": "acme",
        "seq": 1,
        "prev": hash_value(genesis).hex(),
        "time": "2026-03-02T08:12:04.117Z",
        "id": "evt-01",
        "type": "proposal.created",
        "actor": {"type": "agent", "id": "crm-copilot", "on_behalf_of": {"type": "user", "id": "u-7"}},
        "targets": [{"type": "deal", "id": "d-77"}, {"type": "contact", "id": "c-1042"}],
        "data": {"action": "deal.update", "confidence": 0.82},
        "sealed": {"rationale": commitment(SALT, VALUE).hex()},
    }
    for value in (genesis, proposal):
        check_entry(value, len(canonical.encode_bytes(value)))
    return [genesis, proposal]


def wrap(text: str) -> list[str]:
    lines = []
    while text:
        end = WIDTH
        while end < len(text) and (text[end] == " " or text[end - 1] == " "):
            end -= 1  # a space at the edge of a line would be lost
        lines.append(text[:end])
        text = text[end:]
    return lines


def block(*items: tuple[str, str]) -> list[str]:
    """A code block: each text under its label."""
    lines = ["```"]
    for label, text in items:
        lines.append(label)
        lines += ["  " + line for line in wrap(text)]
    return [*lines, "```", ""]


def ends(data: bytes) -> str:
    """First and last bytes of a long hash input."""
    return f"{data[:24].hex()} ... {data[-16:].hex()}   ({len(data)} bytes)"


def hashed_text(value: Value, text_label: str, hash_label: str) -> list[str]:
    data = canonical.encode_bytes(value)
    return block(
        (f"{text_label} ({len(data)} bytes)", data.decode()),
        ("hash input", ends(b"\x00" + data)),
        (hash_label, hash_value(value).hex()),
    )


def text() -> str:
    genesis, proposal = entries()
    anchor = build_anchor([genesis, proposal], 0, None, "2026-03-02T09:00:00.000Z")
    check_anchor(anchor)
    return "\n".join(
        [
            "Tenant `acme` is registered at `2026-03-02T08:00:00.000Z`, an agent makes one proposal, and both entries are anchored.",
            "Long texts are wrapped: the line breaks and the two spaces before each line are not part of them. What is hashed is the",
            "UTF-8 text, after its prefix byte; lengths count bytes.",
            "",
            "**Entry 0**, the genesis, follows from the tenant and the time of registration. Its hash goes to the registry.",
            "",
            *hashed_text(genesis, "entry 0", "entry hash 0"),
            "**The sealed value** of entry 1 is a string. The opening stays beside the entry, the commitment goes into it.",
            "",
            *sealed_value(),
            "**Entry 1** holds the hash of entry 0 as `prev`.",
            "",
            *hashed_text(proposal, "entry 1", "entry hash 1"),
            *records(genesis, proposal),
            *anchored(genesis, proposal, anchor),
        ]
    ).rstrip()


def sealed_value() -> list[str]:
    data = canonical.encode_bytes(VALUE)
    return block(
        ("salt", SALT.hex()),
        (f"canonical text of the value ({len(data)} bytes)", data.decode()),
        ("canonical bytes of the value", data.hex()),
        ("commitment input: 02 || salt || value", commitment_input(SALT, VALUE).hex()),
        ("commitment", commitment(SALT, VALUE).hex()),
        ("openings, as stored", canonical.encode({"rationale": {"salt": SALT.hex(), "value": VALUE}})),
    )


def records(genesis: Value, proposal: Value) -> list[str]:
    leaves = record_leaves("acme", [touch_of(genesis), touch_of(proposal)])
    touched = touch_input([touch_of(proposal)])
    first, second = leaves
    lines = [
        "**The records tree** of the segment 0 to 1 has two leaves. Both records are touched by entry 1 alone, so they share",
        f"their touch digest. By its key, the {first.type} stands before the {second.type}.",
        "",
    ]
    items = [
        ("touch digest input: 04 || u64(1) || entry hash 1", touched.hex()),
        ("touch digest", merkle.sha256(touched).hex()),
    ]
    for leaf in leaves:
        data = key_input("acme", leaf.type, leaf.id)
        items += [
            (f"key input of the {leaf.type}: 03 || {data[1:].decode()}", data.hex()),
            (f"key of the {leaf.type}", leaf.key.hex()),
            (f"leaf of the {leaf.type}: SHA-256(00 || key || touch digest)", leaf.leaf.hex()),
        ]
    joined = b"\x01" + first.leaf + second.leaf
    items.append((f"root input: 01 || leaf of the {first.type} || leaf of the {second.type}", joined.hex()))
    items.append(("records root, over 2 leaves", merkle.sha256(joined).hex()))
    return lines + block(*items)


def anchored(genesis: Value, proposal: Value, anchor: Value) -> list[str]:
    joined = b"\x01" + hash_value(genesis) + hash_value(proposal)
    return [
        "**The anchor** covers both entries. The entry hashes are the leaf hashes of the entries tree.",
        "",
        *block(
            ("root input: 01 || entry hash 0 || entry hash 1", joined.hex()),
            ("entries root", merkle.sha256(joined).hex()),
        ),
        *hashed_text(anchor, "anchor 0", "anchor hash 0"),
    ]
