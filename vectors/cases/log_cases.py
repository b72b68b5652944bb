"""log.json and its bundles: one complete small log."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from sealtrail import canonical
from sealtrail.bundle import FORMAT, LINE_DEPTH
from sealtrail.entry import check_anchor, check_entry, genesis_entry, hash_value
from sealtrail.records import build_anchor, record_leaves, touch_of
from sealtrail.sealed import OPENINGS_DEPTH, check_openings, commitment
from sealtrail.verify import verify_bundle

from .seeded import seeded
from .value_cases import describe

Value = dict[str, Any]

TENANT = "acme"
STARTED = "2026-03-02T08:00:00.000Z"
EXPORTED = "2026-03-02T12:00:00.000Z"
SEGMENTS = [(0, 3, "2026-03-02T09:00:00.000Z"), (4, 6, "2026-03-02T11:00:00.000Z")]

AGENT = {
    "type": "agent", "id": "crm-copilot", "role": "sales_assistant", "session_id": "s-1f0c", "agent_version": "2.4.1",
    "model": "some-model-1", "prompt_hash": seeded("prompt", 32).hex(), "on_behalf_of": {"type": "user", "id": "u-7"},
}
USER = {"type": "user", "id": "u-7", "role": "account_manager", "session_id": "s-22ab", "auth_method": "sso"}
CHIEF = {"type": "user", "id": "u-2", "role": "sales_director", "auth_method": "passkey"}
WORKER = {"type": "system", "id": "executor"}
TOKEN = {"type": "api_token", "id": "tok-warehouse"}

CONTACT = {"type": "contact", "id": "c-1042"}
DEAL = {"type": "deal", "id": "d-77"}

# time, id, type, actor, targets, data, sealed values
EVENTS: list[tuple[str, str, str, Value, list[Value], Value, Value]] = [
    (
        "2026-03-02T08:12:04.117Z", "evt-01", "proposal.created", AGENT, [DEAL, CONTACT],
        {"action": "deal.update", "proposal": "prop-1", "risk": "medium", "confidence": 0.82},
        {
            "rationale": "Zoë Łukasz asked for a 10 % discount by e-mail; the deal has been idle for 14 days.",
            "args": {"deal": "d-77", "set": {"amount": 10800, "stage": "negotiation"}, "note": "Offer 10 % off — “valid until Friday”"},
        },
    ),
    (
        "2026-03-02T08:20:41.900Z", "evt-02", "proposal.approved", USER, [DEAL, CONTACT],
        {"proposal": "prop-1", "edited": True},
        {
            "reason": "Fine, but 5 % is enough for this customer.",
            "diff": [{"op": "replace", "path": "/set/amount", "from": 10800, "to": 11400}],
        },
    ),
    (
        "2026-03-02T08:20:43.015Z", "evt-03", "proposal.executed", WORKER, [DEAL],
        {"proposal": "prop-1", "outcome": "ok", "duration_ms": 412.5}, {"result": {"amount": 11400, "stage": "negotiation"}},
    ),
    (
        "2026-03-02T09:31:00.000Z", "evt-04", "proposal.created", AGENT, [CONTACT],
        {"action": "email.send", "proposal": "prop-2", "risk": "high", "confidence": 0.41},
        {
            "rationale": "No reply for a week.",
            "args": {"to": "zoe.lukasz@example.com", "subject": "Still interested? \U0001f642", "body": "Dear Zoë,\n\nare you…\n"},
        },
    ),
    (
        "2026-03-02T09:40:12.345Z", "evt-05", "proposal.rejected", USER, [CONTACT], {"proposal": "prop-2"},
        {"reason": "She is on parental leave; don't write before May."},
    ),
    (
        "2026-03-02T10:02:30.500Z", "evt-06", "proposals.decided", CHIEF, [DEAL, {"type": "deal", "id": "d-78"}, {"type": "deal", "id": "d-91"}],
        {"decision": "approve", "proposals": ["prop-3", "prop-4", "prop-5"], "count": 3}, {"reason": "Quarter-end clean-up, reviewed together."},
    ),
    (
        "2026-03-02T11:45:00.001Z", "evt-07", "records.exported", TOKEN, [], {"format": "csv", "rows": 1200, "cursor": None}, {},
    ),
]


@dataclass
class Log:
    """Everything that a bundle of one tenant is made of; tests of tampering change parts of it."""

    entries: list[Value]
    openings: list[Value]
    anchors: list[Value]
    line: Value  # the tenant line
    end: Value

    def clone(self) -> Log:
        return copy.deepcopy(self)

    def rehash(self, start: int) -> None:
        """Links the entries from list index `start` on, and lets the head follow."""
        for index in range(max(start, 1), len(self.entries)):
            self.entries[index]["prev"] = hash_value(self.entries[index - 1]).hex()
        self.follow()

    def follow(self) -> None:
        """What the tenant line and the last line should say about the entries and anchors."""
        last = self.entries[-1]
        self.line["head"] = {"seq": last["seq"], "hash": hash_value(last).hex(), "time": last["time"]}
        newest = self.anchors[-1] if self.anchors else None
        self.line["anchor"] = newest and {"number": newest["number"], "hash": hash_value(newest).hex()}
        self.count()

    def count(self) -> None:
        self.end = {"anchors": len(self.anchors), "entries": len(self.entries), "tenants": 1}

    def build_anchors(self) -> None:
        self.anchors = []
        for number, (first, last, time) in enumerate(SEGMENTS):
            previous = self.anchors[-1] if self.anchors else None
            self.anchors.append(build_anchor(self.entries[first : last + 1], number, previous, time))

    def bundle(self, withheld: bool = False) -> bytes:
        header = {"format": FORMAT, "openings": "withheld" if withheld else "included", "time": EXPORTED}
        lines: list[Value] = [{"bundle": header}, {"tenant": self.line}]
        waiting = list(self.anchors)
        for value, openings in zip(self.entries, self.openings, strict=True):
            if waiting and value["seq"] >= waiting[0]["from"]:
                lines.append({"anchor": waiting.pop(0)})
            lines.append({"entry": value} if withheld else {"entry": value, "openings": openings})
        lines += [{"anchor": value} for value in waiting]
        lines.append({"end": self.end})
        return b"".join(canonical.encode_bytes(line, LINE_DEPTH) + b"\n" for line in lines)


def seal(event: str, values: Value) -> tuple[Value, Value]:
    """Commitments and openings for the values of one entry."""
    openings = {name: {"salt": seeded(f"salt {event} {name}").hex(), "value": value} for name, value in values.items()}
    sealed = {name: commitment(bytes.fromhex(item["salt"]), item["value"]).hex() for name, item in openings.items()}
    return sealed, openings


def build_log() -> Log:
    genesis = genesis_entry(TENANT, STARTED)
    line = {"anchor": None, "from": 0, "genesis": hash_value(genesis).hex(), "head": None, "tenant": TENANT, "time": STARTED}
    log = Log([genesis], [{}], [], line, {})
    for seq, (time, ident, kind, actor, targets, data, values) in enumerate(EVENTS, start=1):
        sealed, openings = seal(ident, values)
        log.entries.append(
            {
                "v": 1, "tenant": TENANT, "seq": seq, "prev": "", "time": time, "id": ident, "type": kind,
                "actor": actor, "targets": targets, "data": data, "sealed": sealed,
            }
        )
        log.openings.append(openings)
    log.rehash(1)
    log.build_anchors()
    log.follow()
    return log.clone()  # no value is shared between entries


def describe_entry(value: Value, openings: Value) -> Value:
    text = canonical.encode(value)
    check_entry(value, len(text.encode()))
    assert check_openings(value["sealed"], openings) == []
    return {
        "seq": value["seq"], "entry": text, "hash": hash_value(value).hex(),
        "openings": canonical.encode(openings, OPENINGS_DEPTH),
    }


def describe_anchor(value: Value, entries: list[Value]) -> Value:
    check_anchor(value)
    leaves = record_leaves(TENANT, [touch_of(item) for item in entries])
    return {
        "number": value["number"], "anchor": canonical.encode(value), "hash": hash_value(value).hex(),
        "records": [describe(leaf) for leaf in leaves],
    }


def files() -> dict[str, Any]:
    log = build_log()
    bundle, withheld = log.bundle(), log.bundle(withheld=True)
    for data in (bundle, withheld):
        report = verify_bundle(data)
        assert not report.findings and report.entries == len(log.entries)
    content = {
        "tenant": TENANT,
        "time": STARTED,
        "genesis": log.line["genesis"],
        "entries": [describe_entry(*pair) for pair in zip(log.entries, log.openings, strict=True)],
        "anchors": [describe_anchor(item, log.entries[item["from"] : item["to"] + 1]) for item in log.anchors],
        "head": log.line["head"] | {"anchor_number": log.line["anchor"]["number"], "anchor_hash": log.line["anchor"]["hash"]},
        "exported": EXPORTED,
    }
    return {"log.json": content, "log.bundle.jsonl": bundle, "log.withheld.jsonl": withheld}
