import {
  entryHash,
  headRowSchema,
  isSealtrailError,
  type Recorded,
  readRecorded,
  SealtrailError,
} from '@sealtrail/format';
import { Findings, type LogReader, prefetch, type RawRow, readPruned } from '@sealtrail/verifier';

/** What of a log is read: positions, both inclusive. */
export interface Positions {
  readonly from: number;
  readonly to: number;
}

/**
 * Positions that the log has now, from the first that is stored where its beginning was pruned. Entries that are appended from here
 * on are not part of the export.
 *
 * @throws SealtrailError `source_invalid` when the tenant or the first position is not there, `pruned` when it is not there any
 *   more, `segment_broken`
 */
export async function positionsOf(
  log: LogReader,
  asked: { readonly from?: number | undefined; readonly to?: number | undefined },
): Promise<Positions> {
  if (log.registry === undefined)
    throw new SealtrailError('source_invalid', `there is no tenant ${log.tenant} here`);
  const head = headRowSchema.safeParse(await log.head());
  if (!head.success) throw broken(log.tenant, undefined, 'it has no usable head');
  const pruned = await readPruned(log, new Findings(), head.data.anchor_number);
  const start = pruned?.from ?? log.start;
  const from = asked.from ?? start;
  const to = asked.to ?? head.data.seq;
  if (from < start || (pruned !== undefined && to < start)) {
    throw new SealtrailError(
      pruned === undefined ? 'source_invalid' : 'pruned',
      `the log of ${log.tenant} begins at position ${start} here`,
    );
  }
  return { from, to: Math.min(to, head.data.seq) };
}

/**
 * Reads entries in chain order, one batch ahead of the caller at most. Of each it is checked that it can be read, has the hash
 * that is stored with it and stands at the next position; nothing else is: links, anchors and sealed values are the verifier's.
 *
 * @param columns whether rows have columns beside the texts
 * @param openings whether sealed values are wanted; otherwise they are not even parsed
 * @throws SealtrailError `segment_broken` that names the position
 */
export async function* readLog(
  log: LogReader,
  { from, to }: Positions,
  columns: boolean,
  openings: boolean,
): AsyncGenerator<Recorded> {
  let next = from;
  if (next > to) return;
  for await (const { entries } of prefetch(log.walk({ from, to }))) {
    for (const row of entries) {
      yield readRow(row, log.tenant, next, columns, openings);
      next++;
    }
  }
  if (next <= to) throw broken(log.tenant, next, `it ends before position ${to}`);
}

function readRow(row: RawRow, tenant: string, seq: number, columns: boolean, openings: boolean): Recorded {
  const { entry: text, openings: stored, hash: column } = row;
  if (typeof text !== 'string' || (openings && typeof stored !== 'string')) {
    throw broken(tenant, seq, `the stored row of entry ${seq} is malformed`);
  }
  const hash = entryHash(text);
  if (columns && column !== hash) {
    throw broken(tenant, seq, `the content of entry ${seq} no longer matches its hash`);
  }
  let recorded: Recorded;
  try {
    recorded = readRecorded({ entry: text, hash, openings: openings ? String(stored) : '{}' });
  } catch (error) {
    if (!isSealtrailError(error)) throw error;
    throw broken(tenant, seq, `entry ${seq}: ${error.message}`, error);
  }
  if (recorded.entry.tenant !== tenant) throw broken(tenant, seq, `entry ${seq} belongs to another tenant`);
  if (recorded.entry.seq !== seq) {
    throw broken(tenant, seq, `entry ${recorded.entry.seq} stands where entry ${seq} should`);
  }
  return recorded;
}

function broken(tenant: string, position: number | undefined, why: string, cause?: unknown): SealtrailError {
  const detail = position === undefined ? { tenant } : { tenant, position };
  return new SealtrailError('segment_broken', `the log of ${tenant} is broken: ${why}`, detail, { cause });
}
