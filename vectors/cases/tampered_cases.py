"""tampered.json and tampered/*.jsonl: bundles of the log with one thing wrong in each."""

from __future__ import annotations

from typing import Any, Callable

from sealtrail import canonical
from sealtrail.entry import genesis_entry, hash_value
from sealtrail.sealed import commitment
from sealtrail.verify import verify_bundle

from .log_cases import Log, build_log
from .seeded import seeded

Change = Callable[[Log], None]


def flip(digits: str) -> str:
    return digits[:-1] + ("0" if digits[-1] != "0" else "1")


def value_altered(log: Log) -> None:
    log.openings[2]["reason"]["value"] = "Fine, but 6 % is enough for this customer."


def salt_altered(log: Log) -> None:
    log.openings[1]["args"]["salt"] = flip(log.openings[1]["args"]["salt"])


def salt_malformed(log: Log) -> None:
    log.openings[5]["reason"]["salt"] = log.openings[5]["reason"]["salt"][:30]


def value_and_commitment_altered(log: Log) -> None:
    opening = log.openings[2]["reason"]
    opening["value"] = "Fine."
    log.entries[2]["sealed"]["reason"] = commitment(bytes.fromhex(opening["salt"]), "Fine.").hex()


def opening_removed(log: Log) -> None:
    del log.openings[2]["diff"]


def opening_added(log: Log) -> None:
    log.openings[7]["reason"] = {"salt": seeded("added").hex(), "value": "Asked for by audit."}


def entry_altered(log: Log) -> None:
    log.entries[2]["data"]["edited"] = False


def last_entry_altered(log: Log) -> None:
    log.entries[7]["data"]["rows"] = 12


def link_altered(log: Log) -> None:
    log.entries[5]["prev"] = flip(log.entries[5]["prev"])


def entry_deleted(log: Log) -> None:
    del log.entries[2], log.openings[2]
    log.count()


def two_entries_deleted(log: Log) -> None:
    del log.entries[4:6], log.openings[4:6]
    log.count()


def tail_deleted(log: Log) -> None:
    del log.entries[7:], log.openings[7:]
    log.count()


def tail_of_segment_deleted(log: Log) -> None:
    del log.entries[5:], log.openings[5:]
    log.count()


def reordered(log: Log) -> None:
    log.entries[5:7] = log.entries[6:4:-1]
    log.openings[5:7] = log.openings[6:4:-1]


def inserted(log: Log) -> None:
    forged = log.clone()
    log.entries.insert(5, forged.entries[5] | {"id": "evt-05b", "type": "proposal.approved"})
    log.openings.insert(5, forged.openings[5])
    log.count()


def inserted_and_rehashed(log: Log) -> None:
    inserted(log)
    for seq, entry in enumerate(log.entries):
        entry["seq"] = seq
    log.rehash(5)


def suffix_rehashed(log: Log) -> None:
    log.entries[5]["type"] = "proposal.approved"
    log.rehash(6)


def records_changed_and_rehashed(log: Log) -> None:
    log.entries[1]["targets"].pop()
    log.rehash(2)


def genesis_replaced(log: Log) -> None:
    log.entries[0]["data"]["note"] = "started anew"
    log.rehash(1)
    log.build_anchors()
    log.follow()


def genesis_of_another_version(log: Log) -> None:
    log.entries[0]["v"] = 2
    log.rehash(1)
    log.build_anchors()
    log.follow()


def second_genesis(log: Log) -> None:
    log.entries[7]["type"] = "log.started"
    log.follow()


def time_decreasing(log: Log) -> None:
    log.entries[7]["time"] = "2026-03-02T10:02:30.499Z"
    log.follow()


def entry_malformed(log: Log) -> None:
    log.entries[7]["note"] = "not a member"
    log.follow()


def anchor_root_altered(log: Log) -> None:
    log.anchors[1]["entries_root"] = flip(log.anchors[1]["entries_root"])
    log.follow()


def anchor_records_altered(log: Log) -> None:
    log.anchors[1]["records_root"] = flip(log.anchors[1]["records_root"])
    log.follow()


def anchor_size_altered(log: Log) -> None:
    log.anchors[1]["records_size"] += 1
    log.follow()


def anchor_last_altered(log: Log) -> None:
    log.anchors[1]["last"] = flip(log.anchors[1]["last"])
    log.follow()


def anchor_last_and_value_altered(log: Log) -> None:
    anchor_last_altered(log)
    log.openings[5]["reason"]["value"] = "No."


def anchor_root_and_value_altered(log: Log) -> None:
    anchor_root_altered(log)
    log.openings[5]["reason"]["value"] = "No."


def anchor_root_and_opening_added(log: Log) -> None:
    anchor_root_altered(log)
    log.openings[6]["added"] = {"salt": seeded("added").hex(), "value": 1}


def anchor_root_altered_and_opening_removed(log: Log) -> None:
    anchor_root_altered(log)
    del log.openings[5]["reason"]


def altered_before_a_repetition(log: Log) -> None:
    log.entries[5]["data"]["edited"] = True
    log.entries.insert(7, log.entries[6])
    log.openings.insert(7, log.openings[6])
    log.count()


def root_altered_and_repeated_before_the_next(log: Log) -> None:
    anchor_root_altered(log)
    log.entries.insert(7, log.entries[5])
    log.openings.insert(7, log.openings[5])
    log.count()


def root_altered_and_repeated_at_the_end(log: Log) -> None:
    anchor_root_altered(log)
    log.entries.append(log.entries[5])
    log.openings.append(log.openings[5])
    log.count()


def root_altered_and_head_inside(log: Log) -> None:
    anchor_root_altered(log)
    log.line["head"] = {"seq": 5, "hash": "ab" * 32, "time": log.entries[5]["time"]}


def version_altered_and_rehashed(log: Log) -> None:
    log.entries[5]["v"] = 2
    log.rehash(6)


def altered_before_a_gap(log: Log) -> None:
    log.entries[2]["data"]["edited"] = False
    del log.entries[4], log.openings[4]
    log.entries[4]["prev"] = hash_value(log.entries[3]).hex()
    log.rehash(5)
    log.count()


CASES: list[tuple[Change, str, int | None, str]] = [
    (value_altered, "opening_mismatch", 2, "another text in a sealed value of entry 2"),
    (salt_altered, "opening_mismatch", 1, "one digit of a salt of entry 1"),
    (salt_malformed, "opening_malformed", 5, "a salt of entry 5 with 30 digits"),
    (value_and_commitment_altered, "link_mismatch", 2, "a sealed value of entry 2 and its commitment"),
    (opening_removed, "opening_missing", 2, "one of two openings of entry 2 is gone"),
    (opening_added, "opening_unexpected", 7, "an opening of entry 7 without a commitment"),
    (entry_altered, "link_mismatch", 2, "the data of entry 2"),
    (last_entry_altered, "head_mismatch", 7, "the data of the last entry"),
    (link_altered, "link_mismatch", 5, "the prev of entry 5"),
    (entry_deleted, "gap", 2, "entry 2 is gone"),
    (two_entries_deleted, "gap", 4, "entries 4 and 5 are gone"),
    (tail_deleted, "truncated", 7, "entry 7 is gone, the tenant line still names it"),
    (tail_of_segment_deleted, "truncated", 5, "entries 5 to 7 are gone, an anchor and the tenant line still name them"),
    (reordered, "duplicate", 5, "entries 5 and 6 change places"),
    (inserted, "duplicate", 5, "a forged entry 5 before the true one"),
    (inserted_and_rehashed, "anchor_root_mismatch", 4, "a forged entry 5, all entries after it renumbered and linked anew"),
    (suffix_rehashed, "anchor_root_mismatch", 4, "entry 5 altered, entries 6 and 7 linked anew"),
    (records_changed_and_rehashed, "anchor_root_mismatch", 0, "a target of entry 1 is gone, all entries after it linked anew"),
    (genesis_replaced, "genesis_invalid", 0, "another genesis, everything after it made anew"),
    (genesis_of_another_version, "genesis_invalid", 0, "the genesis has version 2, everything after it made anew"),
    (second_genesis, "genesis_invalid", 7, "entry 7 has the type of a genesis, the head follows"),
    (time_decreasing, "time_decreasing", 7, "entry 7 is earlier than entry 6, the head follows"),
    (entry_malformed, "entry_malformed", 7, "entry 7 has a twelfth member, the head follows"),
    (anchor_root_altered, "anchor_root_mismatch", 4, "the entries_root of anchor 1, the tenant line follows"),
    (anchor_records_altered, "anchor_records_mismatch", 4, "the records_root of anchor 1, the tenant line follows"),
    (anchor_size_altered, "anchor_records_mismatch", 4, "the records_size of anchor 1, the tenant line follows"),
    (anchor_last_altered, "anchor_last_mismatch", 6, "the last of anchor 1, the tenant line follows"),
    (anchor_last_and_value_altered, "anchor_last_mismatch", 5, "the last of anchor 1, and a sealed value of entry 5"),
    (anchor_root_and_value_altered, "anchor_root_mismatch", 5, "the entries_root of anchor 1, and a sealed value of entry 5"),
    (anchor_root_and_opening_added, "anchor_root_mismatch", 6, "the entries_root of anchor 1, and an opening more of entry 6"),
    (
        anchor_root_altered_and_opening_removed, "anchor_root_mismatch", 4,
        "the entries_root of anchor 1, and an opening of entry 5 is gone, which the end of the log shows",
    ),
    (altered_before_a_repetition, "link_mismatch", 5, "the data of entry 5, and entry 6 stands there twice: entry 7 is the witness"),
    (
        root_altered_and_repeated_before_the_next, "anchor_root_mismatch", 5,
        "the entries_root of anchor 1, and entry 5 again before entry 7",
    ),
    (
        root_altered_and_repeated_at_the_end, "anchor_root_mismatch", 4,
        "the entries_root of anchor 1, and entry 5 again behind entry 7",
    ),
    (
        root_altered_and_head_inside, "anchor_root_mismatch", 5,
        "the entries_root of anchor 1, and the tenant line names entry 5 as the last, with another hash",
    ),
    (
        version_altered_and_rehashed, "anchor_root_mismatch", 5,
        "entry 5 has version 2, entries 6 and 7 linked anew: the version is unknown, the root is not",
    ),
    (
        altered_before_a_gap, "link_mismatch", 3,
        "the data of entry 2, entry 4 is gone and entry 5 linked to entry 3: it is no witness of it",
    ),
]


def cut_cases(bundle: bytes) -> dict[str, tuple[bytes, str]]:
    lines = bundle.splitlines(keepends=True)
    return {
        "last-line-missing": (b"".join(lines[:-1]), "the last line is gone"),
        "last-line-cut": (bundle[:-9], "the file ends inside its last line"),
    }


def anchor_cases(bundle: bytes) -> dict[str, tuple[bytes, str, int | None, str]]:
    """The lines of anchors stand elsewhere; the chain that they make is what it was."""
    lines = bundle.splitlines(keepends=True)
    first, second = (index for index, line in enumerate(lines) if line.startswith(b'{"anchor":'))

    def moved(*places: tuple[int, int]) -> bytes:
        left = [line for index, line in enumerate(lines) if index not in {start for start, _ in places}]
        for start, place in places:
            left.insert(place, lines[start])
        return b"".join(left)

    repeated = [*lines[: second + 1], *lines[second:]]
    repeated[-1] = repeated[-1].replace(b'"anchors":2', b'"anchors":3')
    code = "bundle_malformed"
    return {
        "anchor-early": (moved((second, second - 1)), code, 4, "anchor 1 stands before the last entry of the segment before"),
        "anchors-first": (moved((second, first + 1)), code, 4, "anchor 1 stands directly behind anchor 0"),
        "anchor-late": (moved((second, second + 1)), code, 4, "anchor 1 stands behind the first entry of its segment"),
        "anchor-repeated": (b"".join(repeated), "anchor_gap", 4, "anchor 1 stands there twice, the counts follow"),
    }


def tenant_cases(bundle: bytes) -> dict[str, tuple[bytes, str, int | None, str]]:
    """The line of the tenant says something else, or nothing comes after it."""
    lines = bundle.splitlines(keepends=True)
    tenant = canonical.parse(lines[1].decode())["tenant"]

    def said(changes: dict[str, Any], rest: list[bytes]) -> bytes:
        return b"".join([lines[0], canonical.encode_bytes({"tenant": tenant | changes}) + b"\n", *rest])

    other = hash_value(genesis_entry(tenant["tenant"], "2026-03-02T07:59:59.999Z")).hex()
    empty = canonical.encode_bytes({"end": {"anchors": 0, "entries": 0, "tenants": 1}}) + b"\n"
    earlier = {"time": "2026-03-02T07:59:59.999Z"}
    return {
        "registration-time": (said(earlier, lines[2:]), "registry_malformed", None, "the tenant line has another time"),
        "registration-genesis": (said({"genesis": flip(tenant["genesis"])}, lines[2:]), "registry_malformed", None, "the tenant line has another genesis"),
        "registration-both": (said(earlier | {"genesis": other}, lines[2:]), "genesis_invalid", 0, "another time, and the genesis for it"),
        "entries-gone": (said({"anchor": None}, [empty]), "tenant_missing", 0, "no entry and no anchor, the counts follow"),
        "tenant-line-cut-off": (said({"anchor": None}, []), "truncated", 0, "the file ends behind the tenant line"),
        "last-line-with-true": (bundle.replace(b'"tenants":1', b'"tenants":true'), "bundle_malformed", None, "true for a count of one"),
        "last-line-with-more": (bundle[:-2] + b',"more":1}\n', "bundle_malformed", None, "another member in the last line"),
        "line-before-the-last": (b"".join([*lines[:-1], b"{}\n", lines[-1]]), "bundle_malformed", None, "a line of no kind"),
    }


def files() -> dict[str, Any]:
    original = build_log()
    output: dict[str, Any] = {}
    listed = []
    for change, code, position, desc in CASES:
        log = original.clone()
        change(log)
        file = f"tampered/{change.__name__.replace('_', '-')}.jsonl"
        output[file] = log.bundle()
        listed.append({"file": file, "desc": desc, "wantCode": code, "wantPosition": position})
    for name, (data, desc) in cut_cases(original.bundle()).items():
        output[f"tampered/{name}.jsonl"] = data
        listed.append({"file": f"tampered/{name}.jsonl", "desc": desc, "wantCode": "bundle_truncated", "wantPosition": None})
    moved = anchor_cases(original.bundle()) | tenant_cases(original.bundle())
    for name, (data, code, place, desc) in moved.items():
        output[f"tampered/{name}.jsonl"] = data
        listed.append({"file": f"tampered/{name}.jsonl", "desc": desc, "wantCode": code, "wantPosition": place})
    for case in listed:
        check(output[case["file"]], case)
    return {"tampered.json": {"cases": listed}} | output


def check(data: bytes, case: dict[str, Any]) -> None:
    """The wanted finding is there, and none at a smaller position."""
    report = verify_bundle(data)
    first = report.first()
    found = {(item.code, item.position) for item in report.findings}
    assert (case["wantCode"], case["wantPosition"]) in found, (case, found)
    assert first and first.position == case["wantPosition"], (case, found)
