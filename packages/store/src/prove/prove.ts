import {
  type Anchor,
  anchorHash,
  ENTRY_PROOF_FORMAT,
  type EntryProof,
  entryHash,
  entryPathOf,
  type Hash,
  HISTORY_PROOF_FORMAT,
  type HistoryProof,
  isHash,
  isSealtrailError,
  merkleRoot,
  readAnchor,
  recordKey,
  SEALS_TENANT,
  SealtrailError,
  SegmentRecords,
  scanEntry,
  sealedAnchorsOf,
  segmentProofOf,
  type Target,
} from '@sealtrail/format';
import { type LogReader, prefetch } from '@sealtrail/verifier';
import { anchorOver } from '../anchor/anchor-over.ts';
import type { Store } from '../port.ts';
import { Directory } from '../seal/directory.ts';

export interface ProveOptions {
  /** Position of the seal that the proof leads to, in the log of seals; default the newest, and for an entry the first that covers it. */
  readonly seal?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each segment with the number of entries read. */
  readonly onProgress?: ((entries: number) => void) | undefined;
}

/**
 * The proof that an entry is in a tenant's log.
 *
 * @throws SealtrailError `not_found` when there is no such entry, `not_sealed` when no seal covers it yet or the one that is asked for is
 *   none, `pruned` when it is not stored any more, `segment_broken` when what is stored is not what was anchored
 */
export async function proveEntry(
  store: Store,
  tenant: string,
  seq: number,
  options: ProveOptions = {},
): Promise<EntryProof> {
  await refusePruned(store, tenant, seq);
  const anchors: Anchor[] = [];
  const over = await anchorOver(store, tenant, seq);
  const covering = over === undefined ? undefined : await anchorNumber(store, tenant, over.number);
  if (covering === undefined || covering.from > seq || covering.to < seq) {
    await refuseAbsent(store, tenant, seq);
    throw notSealed(tenant, seq);
  }
  const directory = await directoryWith(store, options.seal, { tenant, anchors: covering.number + 1 });
  const line = directory.get(tenant);
  if (line === undefined || line.anchors <= covering.number) throw notSealed(tenant, seq);
  anchors.push(covering);
  for (let number = covering.number + 1; number < line.anchors; number++) {
    anchors.push(await anchorNumber(store, tenant, number).then(there(tenant, number)));
  }
  const hashes: Hash[] = [];
  let text = '';
  await reading(store, tenant, seq, async (log) => {
    for await (const row of rowsOf(log, covering, options.signal)) {
      hashes.push(row.hash);
      if (row.seq === seq) text = row.entry;
    }
  });
  if (merkleRoot(hashes) !== covering.entries_root || hashes[seq - covering.from] !== entryHash(text)) {
    throw broken(tenant, covering.number);
  }
  return {
    format: ENTRY_PROOF_FORMAT,
    entry: text,
    path: entryPathOf(hashes, seq - covering.from),
    sealed: sealedBy(directory, tenant, anchors),
  };
}

/**
 * A record's entries with the proof that they are all, up to a seal. Reads the whole log of the tenant once.
 *
 * @throws as {@link proveEntry}
 */
export async function proveHistory(
  store: Store,
  tenant: string,
  record: Target,
  options: ProveOptions = {},
): Promise<HistoryProof> {
  await refusePruned(store, tenant, 0);
  const directory = await directoryWith(store, options.seal);
  const line = directory.get(tenant);
  if (line === undefined || line.anchors === 0) throw notSealed(tenant);
  const key = recordKey(tenant, record);
  const anchors: Anchor[] = [];
  const entries: string[] = [];
  const segments: HistoryProof['segments'] = [];
  await reading(store, tenant, 0, async (log) => {
    for (let number = 0; number < line.anchors; number++) {
      const anchor = await anchorNumber(store, tenant, number).then(there(tenant, number));
      const records = new SegmentRecords(tenant);
      for await (const { seq, hash, entry } of rowsOf(log, anchor, options.signal)) {
        const targets = targetsOf(entry, anchor);
        if (!records.add(targets, { seq, hash })) throw broken(tenant, number);
        if (!targets.some(({ type, id }) => type === record.type && id === record.id)) continue;
        if (entryHash(entry) !== hash) throw broken(tenant, number);
        entries.push(entry);
      }
      const leaves = records.leaves();
      if (merkleRoot(leaves.map((leaf) => leaf.hash)) !== anchor.records_root) throw broken(tenant, number);
      segments.push(segmentProofOf(leaves, key));
      anchors.push(anchor);
      options.onProgress?.(anchor.to + 1);
    }
  });
  return {
    format: HISTORY_PROOF_FORMAT,
    tenant,
    record: { type: record.type, id: record.id },
    entries,
    segments,
    sealed: sealedBy(directory, tenant, anchors),
  };
}

/**
 * The directory of the seal that is asked for; otherwise of the first that has so many anchors of a tenant, or the newest.
 *
 * @throws SealtrailError `not_sealed` when what is asked for is no seal: nobody shall take the one before it for it
 */
async function directoryWith(
  store: Store,
  seal: number | undefined,
  enough?: { readonly tenant: string; readonly anchors: number },
): Promise<Directory> {
  const directory = new Directory();
  const isEnough = () =>
    seal === undefined &&
    enough !== undefined &&
    (directory.get(enough.tenant)?.anchors ?? 0) >= enough.anchors;
  await directory.advance(store, seal, isEnough);
  if (seal !== undefined && directory.last?.seal.number !== seal) {
    throw new SealtrailError('not_sealed', `there is no seal at position ${seal} of ${SEALS_TENANT}`, {
      seal,
    });
  }
  return directory;
}

function sealedBy(directory: Directory, tenant: string, anchors: readonly Anchor[]): EntryProof['sealed'] {
  const lines = directory.sorted();
  const seal = directory.last?.text as string;
  return sealedAnchorsOf(anchors, lines, directory.placeOf(lines, tenant), seal);
}

async function anchorNumber(store: Store, tenant: string, number: number): Promise<Anchor | undefined> {
  const row = await store.anchorAt(tenant, number);
  if (row === undefined) return undefined;
  if (anchorHash(row.anchor) !== row.hash) throw broken(tenant, number);
  return readAnchor(row.anchor);
}

function there(tenant: string, number: number): (anchor: Anchor | undefined) => Anchor {
  return (anchor) => {
    if (anchor === undefined) throw broken(tenant, number);
    return anchor;
  };
}

/**
 * Reads a log from a position on as a verifier does: in larger runs than an entry at a time, and beside whoever writes.
 *
 * @throws SealtrailError `pruned`, also when it was pruned meanwhile
 */
async function reading(
  store: Store,
  tenant: string,
  from: number,
  read: (log: LogReader) => Promise<void>,
): Promise<void> {
  const source = store.source();
  try {
    await read(await source.log(tenant));
  } catch (error) {
    if (isSealtrailError(error, 'segment_broken')) await refusePruned(store, tenant, from);
    throw error;
  } finally {
    await source.close();
  }
}

async function* rowsOf(
  log: LogReader,
  { tenant, from, to, number }: Anchor,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ readonly seq: number; readonly hash: Hash; readonly entry: string }> {
  let next = from;
  for await (const { entries } of prefetch(log.walk({ from, to }))) {
    signal?.throwIfAborted();
    for (const { seq, hash, entry } of entries) {
      if (seq !== next || !isHash(hash) || typeof entry !== 'string') throw broken(tenant, number);
      yield { seq, hash, entry };
      next++;
    }
  }
  if (next !== to + 1) throw broken(tenant, number);
}

/** The records that an entry touches. Not checked any further: the root over all of it must come out as it was anchored. */
function targetsOf(entry: string, { tenant, number }: Anchor): readonly Target[] {
  try {
    return scanEntry(entry).targets;
  } catch (error) {
    if (isSealtrailError(error)) throw broken(tenant, number);
    throw error;
  }
}

/** What was pruned cannot be proved from the store: its archive has it. */
async function refusePruned(store: Store, tenant: string, seq: number): Promise<void> {
  const [first] = await store.readFrom(tenant, 0, 1);
  if (first === undefined || first.seq <= seq) return;
  throw new SealtrailError(
    'pruned',
    `positions 0 to ${first.seq - 1} of ${tenant} are not stored here any more: see their archive`,
    { tenant, first: first.seq },
  );
}

/** What is not there yet and what will never be is told apart: nobody shall wait for a seal over it. */
async function refuseAbsent(store: Store, tenant: string, seq: number): Promise<void> {
  const [found] = await store.readAt(tenant, [seq]);
  if (found === undefined)
    throw new SealtrailError('not_found', `there is no entry ${seq} in the log of ${tenant}`, {
      tenant,
      seq,
    });
}

function notSealed(tenant: string, seq?: number): SealtrailError {
  const what = seq === undefined ? `the log of ${tenant}` : `entry ${seq} of ${tenant}`;
  return new SealtrailError('not_sealed', `${what} is under no seal yet`, { tenant, seq: seq ?? null });
}

function broken(tenant: string, anchor: number): SealtrailError {
  const message = `what is stored of ${tenant} is not what anchor ${anchor} was made from; verify it`;
  return new SealtrailError('segment_broken', message, { tenant, anchor });
}
