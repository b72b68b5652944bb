"""The text of proofs: what JSON may look like there, and what it may not."""

from __future__ import annotations

import json

from .world import Value

Bad = tuple[str, str, str, str]  # name, section, reason, text


def valid(proofs: dict[str, Value]) -> dict[str, str]:
    value = proofs["an entry within its segment"]
    text = json.dumps(value, separators=(",", ":"))
    return {
        "text with white space": json.dumps(value, indent=2, ensure_ascii=False) + "\n",
        "text with members in another order": json.dumps(value, sort_keys=True),
        "text with escapes": text.replace('"path"', '"\\u0070ath"').replace("sealtrail-entry-proof/1", "sealtrail-entry-proof\\/1"),
        "text with a number in another spelling": text.replace('"number":3,', '"number":3.0e0,'),
    }


def replaced(text: str, old: str, new: str) -> str:
    assert old in text, old
    return text.replace(old, new, 1)


def invalid(proofs: dict[str, Value]) -> list[Bad]:
    entry = json.dumps(proofs["an entry within its segment"], separators=(",", ":"))
    history = json.dumps(proofs["a record in several segments"], separators=(",", ":"))
    twice = "a name twice"
    cases = [
        ("format twice", twice, replaced(entry, '{"format"', '{"format":"sealtrail-entry-proof/1","format"')),
        ("path twice, first a wrong one", twice, replaced(entry, '"path":', '"path":"","path":')),
        ("path twice, once with an escape", twice, replaced(entry, '"path":', '"\\u0070ath":"","path":')),
        ("a member of start twice", twice, replaced(entry, '"start":{', '"start":{"number":0,')),
        ("a member of an anchor twice", twice, replaced(entry, '{"to":', '{"to":99,"to":')),
        ("index of the directory twice, both the same", twice, replaced(entry, '"directory":{', '"directory":{"index":0,')),
        ("a member of the record twice", twice, replaced(history, '"record":{', '"record":{"type":"deal",')),
        ("a member of a segment twice", twice, replaced(history, '{"at":', '{"at":0,"at":')),
        ("sealed twice", twice, replaced(entry, '"sealed":', '"sealed":{},"sealed":')),
        ("text ends early", "not JSON", entry[:-1]),
        ("something after the text", "not JSON", entry + "x"),
        ("two texts", "not JSON", entry + "\n" + entry),
        ("byte order mark", "not JSON", "\ufeff" + entry),
        ("no text", "not JSON", ""),
        ("number with a leading zero", "not JSON", replaced(entry, '"number":3', '"number":03')),
        ("NaN", "not JSON", replaced(entry, '"number":3', '"number":NaN')),
        ("a comma too many", "not JSON", replaced(entry, '{"format"', '{,"format"')),
        ("an array", "format", f"[{entry}]"),
        ("null", "format", "null"),
        ("another format", "format", replaced(entry, "entry-proof/1", "entry-proof/2")),
        ("the format of a bundle", "format", replaced(entry, "sealtrail-entry-proof/1", "sealtrail-bundle/1")),
    ]
    return [(name, "13", reason, text) for name, reason, text in cases]
