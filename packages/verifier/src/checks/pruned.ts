import { anchorHash, type Hash, isSealtrailError, readAnchor } from '@sealtrail/format';
import { Findings } from '../findings.ts';
import type { LogReader, RawRow } from '../source.ts';
import type { Pruning } from './accounts.ts';
import { AnchorChain } from './anchors.ts';

/** Where a log begins whose first segments are not stored any more. */
export interface PrunedStart {
  /** The first position that is stored. */
  readonly from: number;
  /** The chain of all anchors before it, checked. */
  readonly anchors: AnchorChain;
  /** The last entry that is not stored, as its anchor says. */
  readonly previous: { readonly number: number; readonly hash: Hash };
}

/**
 * Whether what is stored begins right after an anchor: then the anchors before it are checked as a chain, and the log from there
 * on. Whether anything accounts for that is another question, which only the rest of the log answers.
 *
 * @param wanted number of the anchor that the head names
 */
export async function readPruned(
  log: LogReader,
  findings: Findings,
  wanted: number | null,
): Promise<PrunedStart | undefined> {
  const from = await log.firstPosition?.();
  if (from === undefined || from <= 0) return undefined;
  // A gap at any other place is an ordinary one, and these findings are those of its walk.
  const own = new Findings();
  const anchors = new AnchorChain(log.tenant, own, wanted, 0);
  let last: { readonly to: number; readonly last: Hash } | undefined;
  reading: for await (const rows of log.anchors()) {
    for (const row of rows) {
      if (typeof row['to_seq'] !== 'number' || row['to_seq'] >= from) break reading;
      last = anchors.next(row)?.anchor ?? last;
    }
  }
  if (last === undefined || last.to !== from - 1) return undefined;
  for (const finding of own.list) findings.add(finding);
  // The chain goes on with the anchors that the walk meets.
  anchors.report(findings);
  return { from, anchors, previous: { number: last.to, hash: last.last } };
}

/**
 * The last position that was pruned by what entries say of it. An account names the anchor that ended there when it was written: one
 * that names another was made for another log, or for none.
 */
export async function prunedUpTo(log: LogReader, prunings: readonly Pruning[]): Promise<number> {
  let last = -1;
  if (prunings.length === 0) return last;
  const accounts = new Map<unknown, Pruning[]>();
  for (const pruning of prunings) {
    const { number } = pruning.anchor;
    accounts.set(number, [...(accounts.get(number) ?? []), pruning]);
  }
  for await (const rows of log.anchors()) {
    for (const row of rows) {
      for (const { to, anchor } of accounts.get(row['number']) ?? [])
        if (to > last && ends(row, to, anchor.hash)) last = to;
    }
  }
  return last;
}

function ends({ anchor: text }: RawRow, to: number, hash: Hash): boolean {
  if (typeof text !== 'string' || anchorHash(text) !== hash) return false;
  try {
    return readAnchor(text).to === to;
  } catch (error) {
    if (isSealtrailError(error)) return false;
    throw error;
  }
}
