import type { HeadRow } from '@sealtrail/format';
import type { Findings } from './findings.ts';
import type { NotChecked, Status, TenantReport, VerifyOptions } from './report.ts';
import type { LogReader, LogSource } from './source.ts';
import type { WalkOutcome } from './walk.ts';
import { count, entryCount, number } from './words.ts';

// How results become a report. Nothing is checked here.

interface Result {
  readonly source: LogSource;
  readonly log: LogReader;
  readonly range: { readonly from: number; readonly to?: number | undefined };
  readonly head: HeadRow | undefined;
  readonly walk: WalkOutcome;
  readonly findings: Findings;
  readonly options: VerifyOptions;
  /** Where the log begins that is stored. */
  readonly start: number;
  /** Nothing at all is stored for this tenant. */
  readonly empty: boolean;
}

/** The report of a walk. */
export function tenantReport(result: Result): TenantReport {
  const { log, walk, findings, range, head, empty } = result;
  const last = walk.last;
  const status = statusOf(findings, empty && log.registry === undefined, walk.walked);
  const anchoredTo = walk.anchoredTo;
  const tail =
    last === undefined ? undefined : { from: Math.max(walk.anchors.to + 1, range.from), to: last.seq };
  return {
    tenant: log.tenant,
    status,
    walked: walk.walked,
    range: last === undefined ? null : { from: range.from, to: last.seq },
    position: findings.position,
    summary: summaryOf(status, findings, result),
    findings: findings.list,
    findingCount: findings.count,
    findingCodes: findings.codes,
    last: last?.time === undefined ? null : { seq: last.seq, hash: last.hash, time: last.time },
    anchors: { checked: walk.segmentsChecked, through: anchoredTo },
    unanchored:
      tail === undefined || tail.from > tail.to ? null : { ...tail, count: tail.to - tail.from + 1 },
    openings: {
      checked: walk.openingsChecked,
      erased: walk.accounts.erased,
      unfinished: walk.accounts.unfinished,
    },
    pruned: prunedOf(result),
    notChecked: notChecked(result, last?.seq ?? -1, head),
  };
}

/** The report of a check of anchors with chosen segments. */
export function segmentsReport(result: {
  readonly log: LogReader;
  readonly source: LogSource;
  readonly findings: Findings;
  readonly walks: readonly WalkOutcome[];
  readonly anchors: number;
}): TenantReport {
  const { log, findings, walks, anchors } = result;
  const walked = walks.reduce((sum, walk) => sum + walk.walked, 0);
  const lasts = walks.flatMap((walk) => (walk.last === undefined ? [] : [walk.last.seq]));
  // Without a single entry walked, the roots are only linked to each other: that proves nothing of the entries.
  const status =
    findings.count > 0 ? statusOf(findings, false, walked) : walked > 0 ? 'valid' : 'unverifiable';
  const summary =
    findings.count > 0
      ? brokenAt(findings)
      : walked > 0
        ? `anchors linked: ${count(anchors, 'anchor')}, ${entryCount(walked)} walked in the segments chosen`
        : `anchors linked: ${count(anchors, 'anchor')}; no segment chosen, so no entry was checked`;
  return {
    tenant: log.tenant,
    status,
    walked,
    range: lasts.length === 0 ? null : { from: firstOf(walks), to: Math.max(...lasts) },
    position: findings.position,
    summary,
    findings: findings.list,
    findingCount: findings.count,
    findingCodes: findings.codes,
    last: null,
    anchors: { checked: walks.reduce((sum, walk) => sum + walk.segmentsChecked, 0), through: null },
    unanchored: null,
    openings: {
      checked: walks.reduce((sum, walk) => sum + walk.openingsChecked, 0),
      erased: 0,
      unfinished: 0,
    },
    pruned: null,
    notChecked: [
      ...missingNotes(walks.reduce((sum, walk) => sum + walk.accounts.waiting, 0)),
      {
        code: 'segments_unselected',
        message: `the entries of ${count(anchors - walks.length, 'other segment')}, and those after the last anchor`,
      },
      ...indexNotes(log),
      ...witnessNotes(result.source),
    ],
  };
}

function statusOf(findings: Findings, nothingThere: boolean, walked: number): Status {
  // A version that this verifier does not know says nothing about the log.
  if (findings.count > 0) {
    return findings.codes.entry_version === findings.count ? 'unverifiable' : 'broken';
  }
  return nothingThere || walked === 0 ? 'unverifiable' : 'valid';
}

function summaryOf(status: Status, findings: Findings, result: Result): string {
  const { log, walk, range } = result;
  if (status === 'broken') return brokenAt(findings);
  if (status === 'unverifiable') {
    if (findings.first !== undefined) return `not verifiable: ${findings.first.message}`;
    return result.empty && log.registry === undefined
      ? `not verifiable: there is no log of tenant ${log.tenant} here`
      : `not verifiable: there is no entry from position ${number(range.from)} on`;
  }
  const anchored = anchoredOf(walk);
  const to = walk.last?.seq ?? range.from;
  const pruned = prunedOf(result);
  const before = pruned === null ? '' : `; positions 0 to ${number(pruned.to)} were pruned`;
  return `chain valid: ${entryCount(walk.walked)} walked, positions ${number(range.from)} to ${number(to)}, ${anchored}${before}`;
}

function anchoredOf({ anchoredTo, segmentsPartial }: WalkOutcome): string {
  if (anchoredTo !== null) return `anchored up to ${number(anchoredTo)}`;
  // There are anchors over it, but a root takes all entries of its segment.
  return segmentsPartial > 0 ? 'compared with no anchor' : 'not anchored yet';
}

function brokenAt(findings: Findings): string {
  const where = findings.position === null ? '' : ` at position ${number(findings.position)}`;
  return `chain broken${where}: ${findings.first?.message}`;
}

function notChecked(result: Result, lastSeq: number, head: HeadRow | undefined): NotChecked[] {
  const { range, log, walk } = result;
  const notes: NotChecked[] = [];
  const pruned = prunedOf(result);
  if (pruned !== null) {
    notes.push({
      code: 'pruned',
      message: `the entries at positions 0 to ${number(pruned.to)}, which were pruned: verify their archives`,
    });
  } else if (range.from > 0) {
    notes.push({
      code: 'positions_before',
      message: `positions 0 to ${number(range.from - 1)}, and the link to them`,
    });
  }
  if (range.from > result.start && head?.anchor_number != null && walk.anchors.number === -1) {
    notes.push({
      code: 'head',
      message: `whether anchor ${number(head.anchor_number)}, which the head names, is there`,
    });
  }
  if (range.to !== undefined && head !== undefined && head.seq > lastSeq) {
    notes.push({
      code: 'positions_after',
      message: `positions ${number(lastSeq + 1)} to ${number(head.seq)}`,
    });
  }
  if (walk.segmentsPartial > 0) {
    notes.push({
      code: 'segments_partial',
      message: `${count(walk.segmentsPartial, 'anchor')} over segments that the walk covers only in part`,
    });
  }
  if (head === undefined)
    notes.push({ code: 'head', message: 'how far the log once reached: there is no usable head' });
  if (log.registry === undefined)
    notes.push({ code: 'registry', message: 'the registration of this tenant' });
  if (walk.unknownVersions > 0) {
    notes.push({
      code: 'unknown_version',
      message: `${entryCount(walk.unknownVersions)} of a format version this verifier does not know`,
    });
  }
  if (range.to !== undefined) notes.push(...missingNotes(walk.accounts.waiting));
  if (range.to !== undefined || range.from !== result.start) notes.push(...indexNotes(log));
  notes.push(...witnessNotes(result.source));
  return notes;
}

/** Positions that are not stored, and accounted for. */
function prunedOf({ range, start, walk }: Result): TenantReport['pruned'] {
  const { prunedTo } = walk.accounts;
  return start > 0 && range.from === start && prunedTo >= start - 1 ? { to: start - 1 } : null;
}

/** What accounts for a missing value stands later in the log than the value did. */
function missingNotes(waiting: number): NotChecked[] {
  if (waiting === 0) return [];
  return [
    {
      code: 'openings_missing',
      message: `whether anything accounts for ${count(waiting, 'sealed value')} that ${waiting === 1 ? 'is' : 'are'} missing: walk to the end`,
    },
  ];
}

/** Held against the table only where all of it was walked. */
function indexNotes(log: LogReader): NotChecked[] {
  if (log.indexFaults === undefined) return [];
  return [{ code: 'indexes', message: 'whether the indexes of the file lead to the same entries' }];
}

function witnessNotes(source: LogSource): NotChecked[] {
  const notes: NotChecked[] = [];
  if (source.openings === 'withheld') {
    notes.push({ code: 'openings_withheld', message: 'the sealed values: this export leaves them out' });
  }
  notes.push({
    code: 'outside_witness',
    message:
      'whether whoever controls the store rewrote everything, anchors included: compare with a position noted outside of it',
  });
  return notes;
}

function firstOf(walks: readonly WalkOutcome[]): number {
  return Math.min(...walks.map((walk) => walk.from));
}
