"""evidence.json and evidence/*.jsonl: proofs in lines, whole and changed."""

from __future__ import annotations

from typing import Any

from sealtrail import canonical
from sealtrail.evidence import FORMAT, LINE_DEPTH, verify_evidence
from sealtrail.sealed_anchors import Invalid

from .evidence_changes import CHANGES, Lines, changed, counted
from .prove import checkpoint, entry_proof, history_proof
from .tlog_cases import LOG_NAME, LOG_SEED, key
from .world import DEEP_AT, TenantLog, Value, World, build_world, record

TIME = "2026-04-02T09:00:00.000Z"
SUMMARY = ["Who decided about deal d-a, and when.", "Zoë’s “summary”: not part of the proof."]


def evidence(log: TenantLog, proof: Value, openings: dict[int, Value], summary: list[str] = SUMMARY) -> Lines:
    """The lines of a proof; `openings` are those that are disclosed, by position."""
    about = proof.get("record")
    sealed = proof["sealed"]
    lines: Lines = [
        {"evidence": {"format": FORMAT, "record": about, "tenant": log.tenant, "time": TIME}},
        {"summary": summary},
        {"sealed": {name: sealed[name] for name in ("directory", "seal", "start")}},
        {"anchors": sealed["anchors"]},
    ]
    if about is None:
        lines.append({"entry": disclosed(proof["entry"], openings) | {"path": proof["path"]}})
    else:
        lines.append({"segments": proof["segments"]})
        lines += [{"entry": disclosed(text, openings)} for text in proof["entries"]]
    if "checkpoint" in proof:
        lines.append({"checkpoint": proof["checkpoint"]})
    return counted([*lines, {"end": {}}])


def disclosed(text: str, openings: dict[int, Value]) -> Value:
    found = openings.get(int(canonical.parse(text)["seq"]))
    return {"text": text} | ({"openings": found} if found else {})


def file_of(lines: Lines) -> bytes:
    return b"".join(canonical.encode_bytes(line, LINE_DEPTH) + b"\n" for line in lines)


def valid(world: World) -> dict[str, tuple[str, Lines]]:
    acme, newest = world.logs["acme"], world.operator.seals[-1]
    every = {seq: openings for seq, openings in enumerate(acme.openings) if openings}
    some = {1: {"rationale": acme.openings[1]["rationale"]}}
    history = history_proof(acme, record("a"), newest)
    entry = entry_proof(acme, 1, newest)
    under = {"checkpoint": checkpoint(world.operator, newest)}
    split = evidence(acme, history, every)
    anchors, segments = split[3]["anchors"], split[4]["segments"]
    parts = [{"anchors": anchors[:2]}, {"anchors": anchors[2:]}, *({"segments": [item]} for item in segments)]
    return {
        "history": ("a record's history, with every opening", split),
        "history-withheld": ("a record's history without openings", evidence(acme, history, {})),
        "history-some": ("a record's history with one of two openings of one entry", evidence(acme, history, some)),
        "history-checkpoint": ("a record's history under a checkpoint", evidence(acme, history | under, every)),
        "history-parts": ("anchors and segments in several lines", counted([*split[:3], *parts, *split[5:]])),
        "history-nothing": ("a record that no entry touches", evidence(acme, history_proof(acme, record("none"), newest), {})),
        "entry": ("one entry, with its openings", evidence(acme, entry, every)),
        "entry-deep": ("one entry with a value that is nested 32 deep", evidence(acme, entry_proof(acme, DEEP_AT, newest), every)),
        "entry-summary": ("a summary of 4,096 code points", evidence(acme, entry, every, ["\U0001f642" * 4_096])),
        "entry-withheld": ("one entry without openings", evidence(acme, entry, {})),
        "entry-checkpoint": ("one entry under a checkpoint", evidence(acme, entry | under, every)),
    }


def text_changes(data: bytes) -> dict[str, tuple[str, str, bytes]]:
    """What is wrong with the text of the file: name to what, the reason, and the bytes."""
    first = data.index(b"\n")
    return {
        "cut": ("the file ends within its last line", "no end", data[:-1]),
        "white-space": ("a line that is not canonical", "line", data.replace(b'":', b'": ', 1)),
        "duplicate-name": ("a name twice in a line", "line", data.replace(b'{"entry":{', b'{"entry":{"openings":{},', 1)),
        "empty-line": ("an empty line", "line", data[: first + 1] + b"\n" + data[first + 1 :]),
        "carriage-return": ("line ends of another kind", "line", data.replace(b"\n", b"\r\n")),
        "mark": ("a byte order mark", "line", b"\xef\xbb\xbf" + data),
    }


def listed(name: str, desc: str, vkey: str, data: bytes) -> Value:
    shown = verify_evidence(data, [vkey] if name.endswith("checkpoint") else [])
    return {
        "file": f"evidence/{name}.jsonl", "desc": desc, "tenant": shown.proved.tenant, "record": shown.proved.record,
        "positions": [int(entry["seq"]) for entry in shown.proved.entries],
        "opened": sum(map(len, shown.openings)), "checkpoint": shown.proved.checkpoint is not None,
    }


def refused(name: str, desc: str, rule: str, reason: str, data: bytes, vkeys: list[str]) -> Value:
    try:
        verify_evidence(data, vkeys)
    except Invalid as error:
        assert error.rule == rule and reason in error.detail, (name, str(error))
        return {"file": f"evidence/{name}.jsonl", "desc": desc, "wantRule": rule}
    raise AssertionError(f"accepted: {name}")


def files() -> dict[str, Any]:
    world = build_world()
    good = valid(world)
    vkey = key(LOG_NAME, 1, LOG_SEED)["vkey"]
    output: dict[str, Any] = {f"evidence/{name}.jsonl": file_of(lines) for name, (_, lines) in good.items()}
    whole = [listed(name, desc, vkey, file_of(lines)) for name, (desc, lines) in good.items()]
    wrong = []
    for name, desc, base, rule, reason, change in CHANGES:
        data = file_of(changed(good[base][1], change))
        wrong.append(refused(f"bad-{name}", desc, rule, reason, data, [vkey] if "checkpoint" in base else []))
        output[wrong[-1]["file"]] = data
    for name, (desc, reason, data) in text_changes(file_of(good["history"][1])).items():
        wrong.append(refused(f"bad-{name}", desc, "15", reason, data, []))
        output[wrong[-1]["file"]] = data
    return {"evidence.json": {"vkey": vkey, "valid": whole, "invalid": wrong}} | output
