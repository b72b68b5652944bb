"""A log that begins after a pruning, with values that were erased."""

from __future__ import annotations

from sealtrail.entry import genesis_entry, hash_value
from sealtrail.records import build_anchor, record_key

from .log_cases import AGENT, CHIEF, Log, Value, seal
from .seeded import seeded
from .world import at, record

TENANT = "acme"
FIRST = 4  # the first position that is left
SEGMENTS = [(0, 3), (4, 7), (8, 11), (12, 13)]
CUSTOMER = {"type": "contact", "id": "c-1"}
ERASED = {5: ["rationale", "args"], 6: ["rationale"], 9: ["args"]}
FIRST_ACCOUNT, SECOND_ACCOUNT, PRUNING = 8, 11, 13

POLICY = {"preset": "eu_ai_act", "days": 365}
HOLDS = [{"hold": "case 7", "target": {"about": "record", **record("h")}}, {"hold": "audit", "target": None}]


def account(part: int, values: list[Value]) -> Value:
    reference = record_key(TENANT, CUSTOMER["type"], CUSTOMER["id"]).hex()
    return {
        "erasure": "er-1", "basis": "gdpr_art_17", "about": "record", "reference": reference, "part": part, "parts": 2,
        "values": values,
    }


def pruning(anchor: Value) -> Value:
    return {
        "to": anchor["to"], "anchor": {"number": anchor["number"], "hash": hash_value(anchor).hex()},
        "archive": {"from": 0, "sha256": seeded("archive", 32).hex(), "openings": "withheld"},
        "rules": {"policy": POLICY, "holds": HOLDS},
    }


def event(seq: int) -> tuple[str, str, Value, Value, list[Value], Value]:
    """Type, id, actor, data, targets and sealed values of one entry."""
    if seq == 1:
        return "retention.set", "policy-1", CHIEF, POLICY, [], {}
    if seq == FIRST_ACCOUNT:
        values = [{"at": [[5, 6], [5, 5]], "fields": ["rationale"]}, {"at": [[5, 5]], "fields": ["args"]}]
        return "log.erased", "erased:er-1:0", CHIEF, account(0, values), [CUSTOMER], {"note": "Asked for by the customer."}
    if seq == SECOND_ACCOUNT:
        return "log.erased", "erased:er-1:1", CHIEF, account(1, [{"at": [[9, 10]], "fields": ["args"]}]), [CUSTOMER], {}
    values = {"rationale": f"Reason {seq}", "args": {"amount": seq}} if seq in (2, 5, 6, 9, 12) else {}
    return "proposal.created", f"evt-{seq}", AGENT, {"n": seq}, [CUSTOMER, record("h")] if values else [], values


def whole_log() -> Log:
    genesis = genesis_entry(TENANT, at(0))
    line = {"anchor": None, "from": 0, "genesis": hash_value(genesis).hex(), "head": None, "tenant": TENANT, "time": at(0)}
    log = Log([genesis], [{}], [], line, {})
    for seq in range(1, 15):
        kind, ident, actor, data, targets, values = event(seq)
        if seq == PRUNING:
            anchor_up_to(log, 2)
            kind, ident, actor, data = "retention.pruned", "pruned:3", CHIEF, pruning(log.anchors[0])
        sealed, openings = seal(f"pruned {seq}", values)
        log.entries.append(
            {
                "v": 1, "tenant": TENANT, "seq": seq, "prev": hash_value(log.entries[-1]).hex(), "time": at(seq), "id": ident,
                "type": kind, "actor": actor, "targets": targets, "data": data, "sealed": sealed,
            }
        )
        log.openings.append({name: item for name, item in openings.items() if name not in ERASED.get(seq, [])})
    anchor_up_to(log, len(SEGMENTS) - 1)
    log.follow()
    return log.clone()


def anchor_up_to(log: Log, newest: int) -> None:
    """Anchors are built anew from the entries that are there."""
    begin = log.entries[0]["seq"]
    kept = [anchor for anchor in log.anchors if anchor["from"] < begin]
    log.anchors = kept
    for number, (first, last) in enumerate(SEGMENTS[: newest + 1]):
        if first >= begin:
            previous = log.anchors[-1] if log.anchors else None
            entries = log.entries[first - begin : last - begin + 1]
            log.anchors.append(build_anchor(entries, number, previous, at(last, 30)))


def pruned_log() -> Log:
    log = whole_log()
    del log.entries[:FIRST], log.openings[:FIRST], log.anchors[0]
    log.line["from"] = FIRST
    log.follow()
    return log


def entry(log: Log, seq: int) -> Value:
    return next(item for item in log.entries if item["seq"] == seq)


def openings(log: Log, seq: int) -> Value:
    return log.openings[log.entries.index(entry(log, seq))]


def made_anew(log: Log, seq: int) -> None:
    """Links the entries after one, and builds their anchors: the log agrees with itself again."""
    first = log.anchors[0]
    log.rehash(log.entries.index(entry(log, seq)) + 1)
    log.anchors = []
    for number, (start, last) in enumerate(SEGMENTS):
        if start >= FIRST:
            entries = log.entries[start - FIRST : last - FIRST + 1]
            built = build_anchor(entries, number, log.anchors[-1] if log.anchors else None, at(last, 30))
            if not log.anchors:
                built["prev"] = first["prev"]
            log.anchors.append(built)
    log.follow()
