"""Verification of a bundle (SPEC section 9)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from . import bundle, canonical, merkle
from .anchor_links import at_fault
from .bundle import EntryLine, TenantPart
from .entry import Refused, check_anchor, check_entry, genesis_entry, hash_value
from .records import MAX_SEGMENT_TARGETS, Touch, record_leaves, records_root
from .retention import accounts_for, erased, pruned
from .sealed import check_openings, missing


@dataclass(frozen=True)
class Finding:
    code: str
    position: int | None
    tenant: str | None = None
    since: int | None = None  # how many entry lines had to be read for it; None when it takes the end of the log, or more


@dataclass(frozen=True)
class Beginning:
    """A log whose first positions are not in the file, and not checked."""

    tenant: str
    first: int
    pruned: bool  # an entry accounts for them


@dataclass
class Report:
    entries: int
    findings: list[Finding]
    erased: int = 0  # missing values that an entry accounts for
    beginnings: list[Beginning] = field(default_factory=list)

    def first(self) -> Finding | None:
        """The finding at the smallest position; those without one come last."""
        return min(self.findings, key=lambda item: (item.position is None, item.position or 0), default=None)

    def is_unknown(self) -> bool:
        """Nothing was found but entries of another version."""
        return bool(self.findings) and {item.code for item in self.findings} == {"entry_version"}


@dataclass
class Walked:
    """An entry that stands at its position, with the hash recomputed from its text."""

    seq: int
    hash: str
    value: Any
    malformed: bool


def verify_bundle(data: bytes) -> Report:
    content = bundle.read(data)
    findings: list[Finding] = []
    count = erasures = 0
    beginnings = []
    for part in content.tenants:
        walk = TenantWalk(part, content.error is not None and part is content.tenants[-1])
        walk.run()
        findings += walk.findings
        count += len(walk.walked)
        erasures += walk.erased
        if walk.start > 0:
            beginnings.append(Beginning(walk.tenant, walk.start, walk.pruned >= walk.start - 1))
    if content.error:
        findings.append(Finding(content.error.code, None))
    elif not content.tenants:
        raise bundle.Unverifiable("no tenant")
    return Report(count, findings, erasures, beginnings)


def fault_of(value: Any) -> str | None:
    """Why a value is no entry."""
    try:
        canonical.encode(value)  # the nesting limit of an entry is less than that of a line
        check_entry(value, len(canonical.encode_bytes(value, bundle.LINE_DEPTH)))
    except canonical.NotCanonical:
        return "entry_malformed"
    except Refused as error:
        return error.code
    return None


class TenantWalk:
    def __init__(self, part: TenantPart, is_cut: bool) -> None:
        self.part = part
        self.is_cut = is_cut  # reading may have stopped in it
        self.tenant: str = part.line["tenant"]
        self.start = int(part.line["from"])
        self.head = part.line["head"]
        self.findings: list[Finding] = []
        self.walked: dict[int, Walked] = {}
        self.missing: set[tuple[int, str]] = set()
        self.erased = 0
        self.pruned = -1  # the last position that an entry accounts for as pruned
        self.arrivals: list[int] = []  # positions in the order of the lines
        self.decided: dict[int, int] = {}  # how many lines had been read when the link to the entry at a position was decided

    def add(self, code: str, position: int | None, since: int | None = None) -> None:
        self.findings.append(Finding(code, position, self.tenant, since))

    def run(self) -> None:
        self.check_registry()
        self.walk_entries()
        self.check_head()  # before the anchors: what it finds may explain a root
        self.check_anchors()

    # Step 1: the registry.

    def check_registry(self) -> None:
        implied = self.genesis_at(self.part.line["time"])
        self.genesis: str | None = implied
        if self.part.line["genesis"] != implied:
            self.add("registry_malformed", None)
            self.genesis = None  # it says two things: any genesis of this tenant will do

    def genesis_at(self, time: str) -> str:
        return hash_value(genesis_entry(self.tenant, time)).hex()

    # Steps 2 and 3: the entries and their openings.

    def walk_entries(self) -> None:
        expected = self.start
        previous: Walked | None = None
        latest = ""
        for index, line in enumerate(self.part.entries):
            self.since = index + 1
            entry = self.read_entry(line, expected)
            self.arrivals.append(entry.seq)
            if entry.seq < expected:
                self.add("duplicate", entry.seq, self.since)
                continue
            if entry.seq > expected:
                self.add("gap", expected, self.since)
                previous = None
            self.walked[entry.seq] = entry
            self.decided[entry.seq] = self.since
            if entry.seq == self.head["seq"]:
                self.check_head_entry(entry)
            if entry.seq == 0:
                self.check_genesis(entry)
            if not entry.malformed:
                self.check_place(entry, previous, latest, index)
                self.check_sealed(line, entry.seq)
                latest = max(latest, entry.value["time"])
            previous, expected = entry, entry.seq + 1
        for seq, _ in sorted(self.missing):
            self.add("opening_missing", seq)

    def read_entry(self, line: EntryLine, expected: int) -> Walked:
        """A text that is no entry counts as the one that should stand here."""
        text = canonical.encode_bytes(line.value, bundle.LINE_DEPTH)
        digest = merkle.leaf_hash(text).hex()
        code = fault_of(line.value)
        if code is None:
            return Walked(int(line.value["seq"]), digest, line.value, False)
        self.add(code, expected, self.since)
        return Walked(expected, digest, line.value, True)

    def check_genesis(self, entry: Walked) -> None:
        """Of one that cannot be read the hash is known."""
        genesis = self.genesis or (None if entry.malformed else self.genesis_at(entry.value["time"]))
        if genesis is not None and entry.hash != genesis:
            self.add("genesis_invalid", 0, self.since)

    def check_place(self, entry: Walked, previous: Walked | None, latest: str, index: int) -> None:
        value = entry.value
        if value["tenant"] != self.tenant:
            self.add("column_mismatch", entry.seq, self.since)
        if entry.seq > 0 and (value["id"] == "genesis" or value["type"] == "log.started"):
            self.add("genesis_invalid", entry.seq, self.since)
        if previous and value["prev"] != previous.hash:
            witness = self.witness(entry.seq, index)
            self.decided[entry.seq] = len(self.part.entries) + 1 if witness is None else witness + 1
            at_fault = previous.seq if self.is_vouched(entry, witness) else entry.seq
            self.add("link_mismatch", at_fault, self.decided[entry.seq])
        if value["time"] < latest:
            self.add("time_decreasing", entry.seq, self.since)

    def witness(self, seq: int, index: int) -> int | None:
        """The next line that is no repetition: those take no part."""
        for following in range(index + 1, len(self.part.entries)):
            value = self.part.entries[following].value
            if fault_of(value) is not None or value["seq"] > seq:
                return following
        return None

    def is_vouched(self, entry: Walked, witness: int | None) -> bool:
        """Whether the next witness, the successor or else the head, recorded the hash of this entry."""
        if witness is None:
            return self.head["seq"] == entry.seq and self.head["hash"] == entry.hash
        successor = self.part.entries[witness].value
        if fault_of(successor) is not None:
            return False  # nothing is known of its link
        return successor["seq"] == entry.seq + 1 and successor["prev"] == entry.hash

    def check_sealed(self, line: EntryLine, seq: int) -> None:
        if not line.withheld:
            for code in check_openings(line.value["sealed"], line.openings):
                self.add(code, seq, self.since)
            for name in missing(line.value["sealed"], line.openings):
                self.missing.add((seq, name))
        groups = erased(line.value)
        accounted = {pair for pair in self.missing if accounts_for(groups, *pair)}
        self.missing -= accounted
        self.erased += len(accounted)
        reached = pruned(line.value)
        self.pruned = max(self.pruned, -1 if reached is None else reached)

    # Step 4: the anchors.

    def check_anchors(self) -> None:
        position, number = self.start, 0 if self.start == 0 else None
        previous: dict[str, Any] | None = None
        chain: list[tuple[int, dict[str, Any]]] = []  # where the segment of each begins, and the anchor
        for entries_before, anchor in self.part.anchors:
            try:
                canonical.encode(anchor)
                check_anchor(anchor)
            except (canonical.NotCanonical, Refused):
                self.add("anchor_malformed", position)
                continue  # it counts as absent
            place = self.check_chain(anchor, previous, position, number)
            if number is not None and anchor["number"] < number:
                continue  # one that was there already has no part in the chain
            if not self.stands_before_its_first(anchor, entries_before):
                self.add("bundle_malformed", int(anchor["from"]))
            self.check_segment(anchor)
            chain.append((place, anchor))
            previous, position, number = anchor, int(anchor["to"]) + 1, int(anchor["number"]) + 1
        for place in at_fault(chain, self.part.line["anchor"]):
            self.add("anchor_link_mismatch", place)
        self.check_newest_anchor(previous, position)

    def stands_before_its_first(self, anchor: Any, entries_before: int) -> bool:
        """Neither behind an entry of its segment nor before one of an earlier segment; repeated entries have no part in it."""
        newest = max(self.arrivals[:entries_before], default=self.start - 1)
        following = next((seq for seq in self.arrivals[entries_before:] if seq > newest), None)
        return newest < anchor["from"] and (following is None or following >= anchor["from"])

    def check_chain(self, anchor: Any, previous: Any, position: int, number: int | None) -> int:
        """Returns the position that findings about the anchor are named by."""
        if number is not None and anchor["number"] != number:
            position = min(position, int(anchor["from"]))
            self.add("anchor_gap", position)
        elif anchor["from"] != position:
            self.add("anchor_gap", position)
        if anchor["tenant"] != self.tenant:
            self.add("column_mismatch", position)
        if previous and anchor["time"] < previous["time"]:
            self.add("time_decreasing", position)
        return position

    def check_segment(self, anchor: Any) -> None:
        first, last = int(anchor["from"]), int(anchor["to"])
        entries = [self.walked[seq] for seq in range(first, last + 1) if seq in self.walked]
        if last > max(self.walked, default=-1):
            self.add("truncated", max(self.walked, default=self.start - 1) + 1)
            return
        if len(entries) != last - first + 1:
            return
        inside = self.smallest_inside(first, last)
        place = first if inside is None else inside
        if merkle.root([bytes.fromhex(entry.hash) for entry in entries]).hex() != anchor["entries_root"]:
            self.add("anchor_root_mismatch", place)
        if entries[-1].hash != anchor["last"]:
            self.add("anchor_last_mismatch", last if inside is None else inside)
        if not entries[-1].malformed and anchor["time"] < entries[-1].value["time"]:
            self.add("time_decreasing", place)
        if not any(entry.malformed for entry in entries):
            self.check_records(anchor, entries, place)

    def check_records(self, anchor: Any, entries: list[Walked], place: int) -> None:
        touches = [Touch(entry.seq, bytes.fromhex(entry.hash), entry.value["targets"]) for entry in entries]
        too_many = sum(len(touch.targets) for touch in touches) > MAX_SEGMENT_TARGETS
        leaves = [] if too_many else record_leaves(self.tenant, touches)
        if too_many or records_root(leaves).hex() != anchor["records_root"] or len(leaves) != anchor["records_size"]:
            self.add("anchor_records_mismatch", place)

    def smallest_inside(self, first: int, last: int) -> int | None:
        """Of what is found in a segment until the link from its last entry to the next one is decided."""
        end = len(self.part.entries) + 1
        until = min((self.decided[seq] for seq in self.walked if seq > last), default=end)
        known = [item for item in self.findings if item.since is not None and item.since <= until]
        return min((item.position for item in known if item.position is not None and first <= item.position <= last), default=None)

    def check_newest_anchor(self, newest: dict[str, Any] | None, position: int) -> None:
        named = self.part.line["anchor"]
        if named is None:
            if newest is not None:
                self.add("head_mismatch", None)
        elif newest is None or newest["number"] < named["number"]:
            self.add("anchor_missing", position)
        elif newest["number"] != named["number"]:
            self.add("head_mismatch", None)
        elif hash_value(newest).hex() != named["hash"]:
            self.add("head_mismatch", None)

    # Step 5: the head.

    def check_head(self) -> None:
        if not self.walked and not self.is_cut:
            self.add("tenant_missing", self.start)
        end = len(self.part.entries) + 1
        last = max(self.walked, default=self.start - 1)
        if self.head["seq"] > last:
            self.add("truncated", last + 1, end)
        elif self.walked and self.head["seq"] < last:
            self.add("head_mismatch", int(self.head["seq"]), end)

    def check_head_entry(self, entry: Walked) -> None:
        if self.head["hash"] != entry.hash or (not entry.malformed and self.head["time"] != entry.value["time"]):
            self.add("head_mismatch", entry.seq, self.since)
