"""entries.json and anchors.json: texts that are entries or anchors, and texts that are not."""

from __future__ import annotations

from typing import Any

from sealtrail import canonical, entry
from sealtrail.merkle import leaf_hash

from .seeded import seeded

Case = dict[str, Any]
Value = dict[str, Any]

MARK = "<fill>"  # stands for a long run in a text, see `repeat`
HASH = seeded("some hash", 32).hex()
OTHER_HASH = seeded("another hash", 32).hex()


def base() -> Value:
    return {
        "v": 1,
        "tenant": "acme",
        "seq": 5,
        "prev": HASH,
        "time": "2026-03-02T08:15:30.250Z",
        "id": "evt-5",
        "type": "deal.updated",
        "actor": {"type": "user", "id": "u-7"},
        "targets": [{"type": "deal", "id": "d-77"}],
        "data": {"stage": "won"},
        "sealed": {"reason": OTHER_HASH},
    }


def full_actor() -> Value:
    return {
        "type": "agent",
        "id": "crm-copilot",
        "role": "sales assistant",
        "session_id": "s-1f0c",
        "auth_method": "workload_identity",
        "agent_version": "2.4.1",
        "model": "some-model-1",
        "prompt_hash": HASH,
        "on_behalf_of": {"type": "user", "id": "u-7"},
    }


def records(count: int) -> list[Value]:
    return [{"type": "contact", "id": f"c-{index}"} for index in range(count)]


def commitments(count: int) -> Value:
    return {f"field_{index}": seeded(f"commitment {index}", 32).hex() for index in range(count)}


def nested(depth: int) -> Any:
    return {"a": nested(depth - 1)} if depth > 1 else {}


def expand(case: Case) -> bytes:
    text = case["text"]
    if "repeat" in case:
        rule = case["repeat"]
        assert text.count(rule["mark"]) == 1
        text = text.replace(rule["mark"], rule["text"] * rule["count"])
    return text.encode("utf-8")


def filled(fill: str, size: int) -> Case:
    """An entry of exactly `size` bytes, with a run of `fill` in its data. The rest, if any, is made up with dots."""
    width = len(fill.encode("utf-8"))
    value = base() | {"data": {"note": MARK}}
    room = size - len(canonical.encode_bytes(value)) + len(MARK)
    value["data"]["note"] += "." * (room % width)
    return {"text": canonical.encode(value), "repeat": {"mark": MARK, "text": fill, "count": room // width}}


def long_id(fill: str, count: int) -> Value:
    return {"actor": {"type": "user", "id": fill * count}}


VALID: dict[str, Value] = {
    "ordinary": {},
    "minimal": {"actor": {"type": "system", "id": "x"}, "targets": [], "data": {}, "sealed": {}, "id": "-", "tenant": "0", "type": "a.b"},
    "genesis": entry.genesis_entry("acme", "2026-03-02T08:00:00.000Z"),
    "genesis of another tenant": entry.genesis_entry("Org_7:eu.west~1", "1970-01-01T00:00:00.000Z"),
    "all actor members": {"actor": full_actor()},
    "actor api_token": {"actor": {"type": "api_token", "id": "tok_live_…9f"}},
    "unicode": {
        "actor": {"type": "user", "id": "Zoë Łukasz", "role": "販売"},
        "targets": [{"type": "contact", "id": "Ørsted/\U0001f600"}, {"type": "contact", "id": "A\u030a"}, {"type": "contact", "id": "\u00c5"}],
        "data": {"\ufb33": "\u2028", "\U0001f600": [1e21, 1e-7, -0.5], "é": {"__proto__": None}},
    },
    "quotes in references": {"actor": {"type": "user", "id": '"\\/ \u00a0\u200b'}},
    "reference of 256 bytes": long_id("r", 256),
    "reference of 256 bytes in 128 characters": long_id("é", 128),
    "reference of 256 bytes in 64 characters": long_id("\U0001f600", 64),
    "name of 128 characters": {"id": "N" * 128, "tenant": "t" * 128},
    "all name characters": {"id": "AZaz09._:~-"},
    "type of 64 bytes": {"type": "a." + "b" * 62},
    "type of four words": {"type": "a1_.b__.c9.d"},
    "field name of one word": {"sealed": {"a": HASH}},
    "field names": {"sealed": {"a.b.c.d": HASH, "a_1": OTHER_HASH, "z" * 64: HASH}},
    "record type of 64 bytes": {"targets": [{"type": "r" * 64, "id": "1"}]},
    "256 targets": {"targets": records(256)},
    "targets that differ in type alone": {"targets": [{"type": "deal", "id": "1"}, {"type": "contact", "id": "1"}]},
    "64 sealed": {"sealed": commitments(64)},
    "greatest seq": {"seq": 2**53 - 1},
    "earliest time": {"time": "1970-01-01T00:00:00.000Z"},
    "latest time": {"time": "9999-12-31T23:59:59.999Z"},
    "leap day": {"time": "2024-02-29T00:00:00.000Z"},
    "leap day in 2000": {"time": "2000-02-29T12:00:00.001Z"},
    "nested 32 deep": {"data": nested(31)},
    "data like an entry": {"data": base()},
}

WRONG_TYPES: dict[str, list[Any]] = {
    "v": ["1", None, True, 1.5, [1]],
    "tenant": [7, None, ["acme"]],
    "seq": ["5", None, True, [5]],
    "prev": [0, None, [HASH]],
    "time": [1772439330250, None, ["2026-03-02T08:15:30.250Z"]],
    "id": [5, None, ["evt-5"]],
    "type": [5, None, ["deal.updated"]],
    "actor": ["u-7", None, [], [["id", "u-7"]]],
    "targets": [{}, None, "deal", {"0": {"type": "deal", "id": "d-77"}}],
    "data": [[], None, "text", 1],
    "sealed": [[], None, "text"],
}

BAD_TIMES = {
    "without milliseconds": "2026-03-02T08:15:30Z", "two digits of milliseconds": "2026-03-02T08:15:30.25Z",
    "microseconds": "2026-03-02T08:15:30.250000Z", "offset": "2026-03-02T08:15:30.250+00:00", "no zone": "2026-03-02T08:15:30.250",
    "small z": "2026-03-02T08:15:30.250z", "small t": "2026-03-02t08:15:30.250Z", "space": "2026-03-02 08:15:30.250Z",
    "comma": "2026-03-02T08:15:30,250Z", "February 30": "2026-02-30T08:15:30.250Z", "February 29": "2026-02-29T08:15:30.250Z",
    "February 29 of 2100": "2100-02-29T08:15:30.250Z", "April 31": "2026-04-31T08:15:30.250Z", "month 13": "2026-13-01T08:15:30.250Z",
    "month 0": "2026-00-01T08:15:30.250Z", "day 0": "2026-03-00T08:15:30.250Z", "hour 24": "2026-03-02T24:00:00.000Z",
    "minute 60": "2026-03-02T08:60:30.250Z", "second 60": "2016-12-31T23:59:60.000Z", "year 1969": "1969-12-31T23:59:59.999Z",
    "year 0000": "0000-01-01T00:00:00.000Z", "year 10000": "10000-01-01T00:00:00.000Z", "signed year": "+010000-01-01T00:00:00.000Z",
    "date alone": "2026-03-02", "line feed after": "2026-03-02T08:15:30.250Z\n", "space before": " 2026-03-02T08:15:30.250Z",
    "other digits": "\u0662026-03-02T08:15:30.250Z", "empty": "", "one-digit month": "2026-3-02T08:15:30.250Z",
}

BAD_HASHES = {
    "upper case": HASH.upper(), "mixed case": HASH[:-1] + "F", "63 digits": HASH[:63], "65 digits": HASH + "0", "empty": "",
    "not hex": "g" * 64, "prefix": "0x" + HASH[:62], "line feed after": HASH + "\n", "full-width digit": "\uff10" + HASH[1:],
}

BAD_NAMES = {
    "empty": "", "129 characters": "n" * 129, "space": "a b", "slash": "a/b", "at sign": "a@b", "plus": "a+b", "umlaut": "ä",
    "NUL": "a\x00", "line feed after": "acme\n", "percent": "a%b", "Kelvin sign": "\u212a", "full-width": "\uff41",
}

BAD_REFERENCES = {
    "empty": "", "257 bytes": "r" * 257, "258 bytes in 129 characters": "é" * 129, "260 bytes in 65 characters": "\U0001f600" * 65,
    "257 bytes in 86 characters": "€" * 85 + "rr", "NUL": "a\x00b", "line feed": "a\nb", "tab after": "a\t", "unit separator": "\x1f",
    "delete": "a\x7f", "U+0080": "\x80", "U+0085": "a\x85b", "U+009F": "\x9f", "number": 7, "null": None, "array": ["a"],
}

BAD_TYPES = {
    "one word": "deal", "five words": "a.b.c.d.e", "empty": "", "empty word": "deal..won", "dot first": ".deal.won",
    "dot last": "deal.won.", "capital": "Deal.won", "digit first": "deal.1won", "underscore first": "deal._won", "hyphen": "deal.re-won",
    "65 bytes": "a." + "b" * 63, "line feed after": "deal.won\n", "umlaut": "deal.für", "dotless i": "deal.\u0131",
}

BAD_FIELDS = {
    "empty": "", "five words": "a.b.c.d.e", "65 bytes": "f" * 65, "capital": "Reason", "hyphen": "re-ason", "dot last": "reason.",
    "dot first": ".reason", "digit first": "1reason", "underscore first": "_reason", "proto": "__proto__", "line feed after": "reason\n",
}

BAD_RECORD_TYPES = {
    "empty": "", "65 bytes": "r" * 65, "two words": "a.b", "capital": "Deal", "digit first": "1deal", "number": 1, "null": None,
}

BAD_ACTORS: dict[str, Any] = {
    "unknown member": {"type": "user", "id": "u-7", "email": "a@example.com"},
    "proto member": {"type": "user", "id": "u-7", "__proto__": {}},
    "without type": {"id": "u-7"}, "without id": {"type": "user"}, "empty": {},
    "unknown type": {"type": "robot", "id": "u-7"}, "type in capitals": {"type": "User", "id": "u-7"},
    "type of an inherited name": {"type": "constructor", "id": "u-7"}, "type is an array": {"type": ["user"], "id": "u-7"},
    "prompt_hash is short": {"type": "agent", "id": "a", "prompt_hash": HASH[:62]},
    "prompt_hash in upper case": {"type": "agent", "id": "a", "prompt_hash": HASH.upper()},
    "prompt_hash is null": {"type": "agent", "id": "a", "prompt_hash": None},
    "on_behalf_of is null": {"type": "agent", "id": "a", "on_behalf_of": None},
    "on_behalf_of is a string": {"type": "agent", "id": "a", "on_behalf_of": "u-7"},
    "on_behalf_of without id": {"type": "agent", "id": "a", "on_behalf_of": {"type": "user"}},
    "on_behalf_of with role": {"type": "agent", "id": "a", "on_behalf_of": {"type": "user", "id": "u", "role": "r"}},
    "on_behalf_of of unknown type": {"type": "agent", "id": "a", "on_behalf_of": {"type": "team", "id": "u"}},
    "on_behalf_of nested": {"type": "agent", "id": "a", "on_behalf_of": {"type": "user", "id": "u", "on_behalf_of": {"type": "user", "id": "w"}}},
    "on_behalf_of with bad id": {"type": "agent", "id": "a", "on_behalf_of": {"type": "user", "id": "\n"}},
}

BAD_TARGETS: dict[str, Any] = {
    "257": records(257),
    "two equal": [{"type": "deal", "id": "1"}, {"type": "deal", "id": "1"}],
    "two equal, apart": records(3) + records(1),
    "string inside": ["deal"], "null inside": [None], "array inside": [["deal", "1"]],
    "extra member": [{"type": "deal", "id": "1", "name": "x"}],
    "without type": [{"id": "1"}], "without id": [{"type": "deal"}],
}


def invalid_values() -> dict[str, Value]:
    """Name to complete value, each wanting entry_malformed."""
    changes: dict[str, Value] = {}
    for member, values in WRONG_TYPES.items():
        for value in values:
            changes[f"{member} is {canonical.encode(value)[:24]}"] = {member: value}
    for name, seq in {"-1": -1, "1.5": 1.5, "2^53": 2**53, "1e21": 1e21, "0.1": 0.1}.items():
        changes[f"seq {name}"] = {"seq": seq}
    changes |= {f"time: {name}": {"time": value} for name, value in BAD_TIMES.items()}
    changes |= {f"prev: {name}": {"prev": value} for name, value in BAD_HASHES.items()}
    changes |= {f"sealed hash: {name}": {"sealed": {"reason": value}} for name, value in BAD_HASHES.items()}
    changes |= {f"{member}: {name}": {member: value} for member in ("tenant", "id") for name, value in BAD_NAMES.items()}
    changes |= {f"type: {name}": {"type": value} for name, value in BAD_TYPES.items()}
    changes |= {f"sealed field: {name}": {"sealed": {value: HASH}} for name, value in BAD_FIELDS.items()}
    changes |= {f"actor id: {name}": {"actor": {"type": "user", "id": value}} for name, value in BAD_REFERENCES.items()}
    changes |= {f"target id: {name}": {"targets": [{"type": "deal", "id": value}]} for name, value in BAD_REFERENCES.items()}
    for member in sorted(entry.ACTOR_REFERENCES):
        for name in ("empty", "257 bytes", "delete", "null"):
            changes[f"actor {member}: {name}"] = {"actor": {"type": "user", "id": "u", member: BAD_REFERENCES[name]}}
    changes |= {f"target type: {name}": {"targets": [{"type": value, "id": "1"}]} for name, value in BAD_RECORD_TYPES.items()}
    changes |= {f"actor: {name}": {"actor": value} for name, value in BAD_ACTORS.items()}
    changes |= {f"targets: {name}": {"targets": value} for name, value in BAD_TARGETS.items()}
    changes["65 sealed"] = {"sealed": commitments(65)}
    changes["sealed value instead of commitment"] = {"sealed": {"reason": {"salt": HASH[:32], "value": 1}}}
    values = {name: base() | change for name, change in changes.items()}
    for member in base():
        values[f"{member} missing"] = {name: value for name, value in base().items() if name != member}
    for member in ("hash", "openings", "V", "", "__proto__", "constructor"):
        values[f"extra member {member!r}"] = base() | {member: None}
    return values


def malformed_texts() -> dict[str, str]:
    """Texts that are JSON of an entry in another form, or no entry at all."""
    good = canonical.encode(base())
    deep = canonical.encode(base() | {"data": nested(32)}, 33)
    return {
        "empty text": "", "null": "null", "array": "[]", "array around": f"[{good}]", "empty object": "{}", "string": '"entry"',
        "space before": " " + good, "line feed after": good + "\n", "twice": good + good, "cut": good[:-1],
        "byte order mark": "\ufeff" + good,
        "space inside": good.replace('"v":1', '"v": 1'),
        "seq written 5.0": good.replace('"seq":5', '"seq":5.0'),
        "seq written 05": good.replace('"seq":5', '"seq":05'),
        "v written 1e0": good.replace('"v":1', '"v":1e0'),
        "seq minus zero": good.replace('"seq":5', '"seq":-0'),
        "member twice": good.replace('"v":1', '"v":1,"v":1'),
        "member twice, other first": good.replace('"v":1', '"v":2,"v":1'),
        "members unsorted": '{"v":1,' + good[1:-1].replace(',"v":1', "") + "}",
        "escaped letter": good.replace('"won"', '"\\u0077on"'),
        "escaped solidus": good.replace('"won"', '"\\/"'),
        "lone surrogate": good.replace('"won"', '"\\ud800"'),
        "raw control character": good.replace('"won"', '"\t"'),
        "number too large": good.replace('"won"', "1e400"),
        "nested 33 deep": deep,
        "version 2, not canonical": good.replace('"v":1', '"v":2 '),
    }


def versions() -> dict[str, Any]:
    return {
        "version 2": base() | {"v": 2},
        "version 0": base() | {"v": 0},
        "version -1": base() | {"v": -1},
        "version 2^53 - 1": base() | {"v": 2**53 - 1},
        "version 2 with other members": {"v": 2, "log": "acme", "n": 5},
        "version 2 alone": {"v": 2},
        "version 2 with bad members": base() | {"v": 2, "seq": "x", "actor": None},
    }


def entry_files() -> dict[str, Any]:
    valid = [{"name": name, "text": canonical.encode(base() | change)} for name, change in VALID.items()]
    valid.append({"name": "65,535 bytes", **filled("x", 65_535)})
    valid.append({"name": "65,535 bytes, many of them in pairs", **filled("é", 65_535)})
    invalid = [malformed(name, canonical.encode(value)) for name, value in invalid_values().items()]
    invalid += [malformed(name, text) for name, text in malformed_texts().items()]
    invalid.append({"name": "65,536 bytes", **filled("x", 65_536), "wantCode": "entry_malformed"})
    invalid.append({"name": "65,537 bytes in fewer characters", **filled("é", 65_537), "wantCode": "entry_malformed"})
    for name, value in versions().items():
        invalid.append({"name": name, "text": canonical.encode(value), "wantCode": "entry_version"})
    for case in valid:
        entry.parse_entry(expand(case))
        case["hash"] = leaf_hash(expand(case)).hex()
    for case in invalid:
        assert refusal(entry.parse_entry, expand(case)) == case["wantCode"], case["name"]
    assert len(expand(valid[-1])) == len(expand(valid[-2])) == 65_535
    return {"entries.json": {"valid": valid, "invalid": invalid}}


def malformed(name: str, text: str) -> Case:
    return {"name": name, "text": text, "wantCode": "entry_malformed"}


def refusal(parse: Any, text: bytes) -> str | None:
    try:
        parse(text)
    except entry.Refused as error:
        return error.code
    return None


def anchor_base() -> Value:
    return {
        "v": 1, "tenant": "acme", "number": 1, "from": 4, "to": 6, "entries_root": HASH, "records_root": OTHER_HASH,
        "records_size": 3, "last": HASH, "prev": OTHER_HASH, "time": "2026-03-02T09:00:00.000Z",
    }


def anchor_files() -> dict[str, Any]:
    good: dict[str, Value] = {
        "ordinary": {},
        "one entry": {"from": 6},
        "65,536 entries": {"from": 0, "to": 65_535},
        "no record": {"records_size": 0, "records_root": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    }
    bad: dict[str, Value] = {f"extra member {name!r}": anchor_base() | {name: 1} for name in ("size", "seq", "__proto__")}
    for name in anchor_base():
        bad[f"{name} missing"] = {member: value for member, value in anchor_base().items() if member != name}
        bad[f"{name} is null"] = anchor_base() | {name: None}
    for name in ("number", "from", "to", "records_size"):
        bad |= {f"{name} is {text}": anchor_base() | {name: text} for text in (-1, 4.5, "4", 2**53, True)}
    for name in ("entries_root", "records_root", "last", "prev"):
        bad |= {f"{name}: {desc}": anchor_base() | {name: BAD_HASHES[desc]} for desc in ("upper case", "63 digits", "not hex")}
    bad["to before from"] = anchor_base() | {"to": 3}
    bad["65,537 entries"] = anchor_base() | {"from": 0, "to": 65_536}
    bad["time without milliseconds"] = anchor_base() | {"time": "2026-03-02T09:00:00Z"}
    bad["bad tenant"] = anchor_base() | {"tenant": "a b"}
    bad["an entry"] = base()
    texts = {name: canonical.encode(value) for name, value in bad.items()}
    texts["not canonical"] = canonical.encode(anchor_base()) + "\n"
    valid = [{"name": name, "text": canonical.encode(anchor_base() | change)} for name, change in good.items()]
    for case in valid:
        entry.parse_anchor(case["text"].encode())
        case["hash"] = leaf_hash(case["text"].encode()).hex()
    assert all(refusal(entry.parse_anchor, text.encode()) for text in texts.values())
    invalid = [{"name": name, "text": text, "wantCode": "anchor_malformed"} for name, text in texts.items()]
    return {"anchors.json": {"valid": valid, "invalid": invalid}}


def files() -> dict[str, Any]:
    return entry_files() | anchor_files()
