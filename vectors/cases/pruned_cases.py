"""pruned.json and pruned/*.jsonl: bundles that begin after a pruning, with erased values, whole and changed."""

from __future__ import annotations

from typing import Any, Callable

from sealtrail.entry import hash_value
from sealtrail.verify import verify_bundle

from .log_cases import Log, Value, seal
from .pruned_log import FIRST, FIRST_ACCOUNT, PRUNING, SECOND_ACCOUNT, entry, event, made_anew, openings, pruned_log, whole_log
from .seeded import seeded
from .tampered_cases import check, flip

Change = Callable[[Log], Any]


def account_with(seq: int, change: Callable[[Value], Any]) -> Change:
    """An account that says something else, in a log that agrees with itself."""

    def altered(log: Log) -> None:
        change(entry(log, seq)["data"])
        made_anew(log, seq)

    return altered


def entry_with(seq: int, **members: Any) -> Change:
    def altered(log: Log) -> None:
        entry(log, seq).update(members)
        made_anew(log, seq)

    return altered


def first(**members: Any) -> Change:
    return account_with(FIRST_ACCOUNT, lambda data: data.update(members))


def first_values(*values: Value) -> Change:
    return first(values=list(values))


def pruning_with(change: Callable[[Value], Any]) -> Change:
    return account_with(PRUNING, change)


def value_back(log: Log) -> None:
    """A value that was erased is there again, with another salt."""
    openings(log, 5)["args"] = {"salt": seeded("another salt").hex(), "value": {"amount": 5}}


def line_with(**members: Any) -> Change:
    return lambda log: log.line.update(members)


def anchor_removed(index: int) -> Change:
    def change(log: Log) -> None:
        del log.anchors[index]
        log.count()

    return change


def entries_removed(start: int, end: int) -> Change:
    def change(log: Log) -> None:
        del log.entries[start - FIRST : end - FIRST], log.openings[start - FIRST : end - FIRST]
        log.count()

    return change


def anchor_replaced(log: Log) -> None:
    """The first anchor is altered, the next ones follow."""
    log.anchors[0]["entries_root"] = flip(log.anchors[0]["entries_root"])
    for before, anchor in zip(log.anchors, log.anchors[1:]):
        anchor["prev"] = hash_value(before).hex()
    log.follow()


def anchors_renumbered(log: Log) -> None:
    """The first anchor of the file has number 0, as if nothing had been before it; the links follow."""
    for number, anchor in enumerate(log.anchors):
        anchor["number"] = number
    for before, anchor in zip(log.anchors, log.anchors[1:]):
        anchor["prev"] = hash_value(before).hex()
    log.follow()


def begins_within(log: Log) -> None:
    """The first two entries are not in the file, and the tenant line does not say that they were."""
    entries_removed(4, 6)(log)
    log.line["from"] = 6


RATIONALE = {"at": [[5, 6]], "fields": ["rationale"]}
ARGS = {"at": [[5, 5]], "fields": ["args"]}
MISSING = "opening_missing"

# name, what is wrong, code, position, change
TAMPERED: list[tuple[str, str, str, int | None, Change]] = [
    ("opening-missing", "a value is gone that no entry accounts for", MISSING, 12, lambda log: openings(log, 12).pop("args")),
    ("opening-missing-of-account", "the note of an account is gone", MISSING, 8, lambda log: openings(log, 8).pop("note")),
    (
        "opening-missing-beside", "a value is gone beside one that was erased", MISSING, 9,
        lambda log: openings(log, 9).pop("rationale"),
    ),
    ("account-part", "an account's part is not below its parts", MISSING, 5, first(part=2)),
    (
        "account-part-equal", "an account that is part 1 of 1", MISSING, 9,
        account_with(SECOND_ACCOUNT, lambda data: data.update(parts=1)),
    ),
    ("account-parts-zero", "an account that is part 0 of 0", MISSING, 5, first(parts=0)),
    ("account-basis", "an account on no basis", MISSING, 5, first(basis="gdpr")),
    ("account-about", "an account about something else", MISSING, 5, first(about="tenant")),
    ("account-reference", "an account whose reference is no key", MISSING, 5, first(reference="contact c-1")),
    ("account-member", "an account with a member too many", MISSING, 5, first(note="x")),
    ("account-empty", "an account of no values", MISSING, 5, first_values()),
    (
        "account-own-position", "an account that reaches its own position", MISSING, 5,
        first_values(RATIONALE, {"at": [[5, 8]], "fields": ["args"]}),
    ),
    (
        "account-ahead", "an account of values to come", MISSING, 5,
        first_values(RATIONALE, ARGS, {"at": [[9, 9]], "fields": ["args"]}),
    ),
    (
        "account-backwards", "an account with a run that ends before it begins", MISSING, 5,
        first_values(RATIONALE, ARGS, {"at": [[7, 6]], "fields": ["args"]}),
    ),
    (
        "account-triple", "an account with a run of three numbers", MISSING, 5,
        first_values(RATIONALE, {"at": [[5, 5, 5]], "fields": ["args"]}),
    ),
    (
        "account-no-runs", "an account with a group of no runs", MISSING, 5,
        first_values(RATIONALE, ARGS, {"at": [], "fields": ["args"]}),
    ),
    (
        "account-no-fields", "an account with a group of no fields", MISSING, 5,
        first_values(RATIONALE, ARGS, {"at": [[5, 5]], "fields": []}),
    ),
    (
        "account-runs", "an account with 1,001 runs", MISSING, 5,
        first_values(RATIONALE, {"at": [[5, 5]] * 1_001, "fields": ["args"]}),
    ),
    ("account-fields", "an account with 65 fields", MISSING, 5, first_values(RATIONALE, {"at": [[5, 5]], "fields": ["args"] * 65})),
    (
        "account-field-name", "an account with a field of no name", MISSING, 5,
        first_values(RATIONALE, {"at": [[5, 5]], "fields": ["args", "Args"]}),
    ),
    (
        "account-of-fewer", "an account that leaves one position out", MISSING, 6,
        first_values({"at": [[5, 5]], "fields": ["rationale", "args"]}),
    ),
    (
        "account-of-other-field", "an account that names another field", MISSING, 5,
        first_values(RATIONALE, {"at": [[5, 5]], "fields": ["diff"]}),
    ),
    ("account-type", "an account of another type", MISSING, 5, entry_with(FIRST_ACCOUNT, type="log.erasure")),
    (
        "account-altered", "an account is altered, nothing follows", "link_mismatch", 8,
        lambda log: entry(log, 8)["data"].update(parts=3),
    ),
    ("account-gone", "an account is gone", MISSING, 5, entries_removed(8, 9)),
    ("value-back", "an erased value is there again, and does not match", "opening_mismatch", 5, value_back),
    ("first-entry-gone", "the first entry is gone", "gap", 4, entries_removed(4, 5)),
    ("first-segment-gone", "the first segment is gone with its entries, the anchor is there", "gap", 4, entries_removed(4, 8)),
    ("first-entry-altered", "the first entry is altered", "link_mismatch", 4, lambda log: entry(log, 4)["data"].update(n=5)),
    (
        "first-link-altered", "the link to what was pruned is altered", "link_mismatch", 4,
        lambda log: entry(log, 4).update(prev="ab" * 32),
    ),
    ("begins-earlier", "the tenant line says that an entry more is there", "gap", 3, line_with(**{"from": 3})),
    ("begins-at-genesis", "the tenant line says that the log is whole", "gap", 0, line_with(**{"from": 0})),
    ("begins-later", "the tenant line says that an entry less is there", "duplicate", 4, line_with(**{"from": 5})),
    (
        "begins-within", "the file begins within a segment, the anchor over it is there", "bundle_malformed", 4,
        begins_within,
    ),
    ("first-anchor-gone", "the first anchor is gone, the counts follow", "anchor_gap", 4, anchor_removed(0)),
    ("middle-anchor-gone", "an anchor in the middle is gone, the counts follow", "anchor_gap", 8, anchor_removed(1)),
    ("last-anchor-gone", "the last anchor is gone, the counts follow", "anchor_missing", 12, anchor_removed(2)),
    ("anchors-renumbered", "the first anchor has number 0 and a link", "anchor_link_mismatch", 4, anchors_renumbered),
    ("first-anchor-replaced", "the first anchor has another root, all others follow", "anchor_root_mismatch", 4, anchor_replaced),
    (
        "genesis-of-another", "the tenant line has another genesis", "registry_malformed", None,
        lambda log: log.line.update(genesis=flip(log.line["genesis"])),
    ),
]


def begins_later(log: Log) -> None:
    """The segment that follows is not in the file either, and no account says so."""
    entries_removed(4, 8)(log)
    del log.anchors[0]
    log.line["from"] = 8
    log.follow()


def still_there(log: Log) -> None:
    """The values that are to be erased have not been destroyed yet."""
    log.openings = [seal(f"pruned {item['seq']}", event(item["seq"])[5])[1] for item in log.entries]


# name, what is the case, values erased, whether the beginning counts as pruned, change
VALID: list[tuple[str, str, int, bool, Change]] = [
    ("valid", "a log after a pruning, with erased values", 4, True, lambda log: None),
    ("valid-kept", "values that accounts name and that are there all the same", 0, True, still_there),
    (
        "valid-further", "an account of a pruning that reached further than it was carried out", 4, True,
        pruning_with(lambda data: data.update(to=7)),
    ),
    (
        "valid-short", "an account that does not reach the position before the beginning", 4, False,
        pruning_with(lambda data: data.update(to=2)),
    ),
    (
        "valid-other-account", "an account of a pruning with a member too many", 4, False,
        pruning_with(lambda data: data.update(note="x")),
    ),
    (
        "valid-ahead", "an account of a pruning that reaches its own position", 4, False,
        pruning_with(lambda data: data.update(to=PRUNING)),
    ),
    (
        "valid-rules", "an account of a pruning under a policy that is none", 4, False,
        pruning_with(lambda data: data["rules"]["policy"].update(days=183)),
    ),
    (
        "valid-holds", "an account of a pruning with 201 holds", 4, False,
        pruning_with(lambda data: data["rules"].update(holds=data["rules"]["holds"][1:] * 201)),
    ),
    ("valid-later", "a bundle that begins later than the account reaches", 1, False, begins_later),
    (
        "valid-repeated", "an account that names values twice, and some that never were", 4, True,
        first_values(RATIONALE, ARGS, RATIONALE, {"at": [[0, 7]], "fields": ["diff", "args"]}),
    ),
]


def listed(name: str, desc: str, erased: int, is_pruned: bool, log: Log) -> tuple[Value, bytes]:
    data = log.bundle()
    report = verify_bundle(data)
    assert not report.findings and report.erased == erased, (name, report)
    begins = [(item.first, item.pruned) for item in report.beginnings]
    assert begins == ([(log.line["from"], is_pruned)] if log.line["from"] else []), (name, begins)
    case = {
        "file": f"pruned/{name}.jsonl", "desc": desc, "entries": report.entries, "erased": erased, "first": log.line["from"],
        "pruned": is_pruned,
    }
    return case, data


def bundle_of(change: Change) -> bytes:
    log = pruned_log()
    change(log)
    return log.bundle()


def files() -> dict[str, Any]:
    output: dict[str, Any] = {}
    valid, tampered = [], []
    for name, desc, erased, is_pruned, change in VALID:
        log = pruned_log()
        change(log)
        case, output[f"pruned/{name}.jsonl"] = listed(name, desc, erased, is_pruned, log)
        valid.append(case)
    case, output["pruned/valid-whole.jsonl"] = listed("valid-whole", "the same log with what was pruned", 4, False, whole_log())
    valid.append(case)
    changed = [(name, desc, code, position, bundle_of(change)) for name, desc, code, position, change in TAMPERED]
    cut = b"".join(pruned_log().bundle().splitlines(keepends=True)[:7])
    changed.append(("cut", "the file was cut before the accounts", MISSING, 5, cut))
    for name, desc, code, position, data in changed:
        case = {"file": f"pruned/bad-{name}.jsonl", "desc": desc, "wantCode": code, "wantPosition": position}
        output[case["file"]] = data
        check(output[case["file"]], case)
        tampered.append(case)
    return {"pruned.json": {"valid": valid, "tampered": tampered}} | output
