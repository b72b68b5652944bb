import { createHash } from 'node:crypto';
import { DEFAULT_SEGMENT_ENTRIES } from '@sealtrail/format';
import { anchorTenant, type Store, segmentRoot } from '@sealtrail/store';
import { MerkleTree } from 'merkletreejs';
import type { Bed } from './beds/bed.ts';
import { TENANT } from './data.ts';
import type { FilledLog, LogOptions } from './filled.ts';
import { type Figure, inTurn, rate } from './measure.ts';
import { runTask } from './tasks.ts';

/**
 * Anchoring, which verifies all entries and all sealed values again and adds roots over entries and records, against the
 * trees alone. Leaves the log anchored.
 */
export async function benchAnchor(bed: Bed, log: FilledLog, options: LogOptions): Promise<Figure> {
  const { store, location, entries } = log;
  const size = entries.toLocaleString('en-US');
  const leaves = await storedHashes(store);
  options.say(`anchor, ${bed.name}, ${size} entries`);
  const measured = await inTurn(
    options.rounds,
    async () => {
      await bed.dropAnchors(location);
      return rate(entries, () => anchorTenant(store, TENANT));
    },
    {
      'verification of the anchored log': async () => (await runTask('verify', location, entries)).perSecond,
      'merkletreejs alone, the entries trees': () => rate(leaves.length, () => segments(leaves, peerRoot)),
      'two implementations of the entries trees, compared': () =>
        rate(leaves.length, () => segments(leaves, segmentRoot)),
    },
  );
  const notes = { s: Number((entries / measured.perSecond.median).toPrecision(2)) };
  return { part: 'anchor', store: bed.name, name: `${size} entries`, ...measured, notes };
}

/** The hashes alone: a million rows are more than fits. */
async function storedHashes(store: Store): Promise<string[]> {
  const source = store.source();
  const hashes: string[] = [];
  for await (const { entries } of (await source.log(TENANT)).walk({ from: 1 })) {
    for (const row of entries) hashes.push(String(row['hash']));
  }
  await source.close();
  return hashes;
}

function segments(leaves: readonly string[], root: (leaves: readonly string[]) => string): void {
  for (let i = 0; i < leaves.length; i += DEFAULT_SEGMENT_ENTRIES) {
    root(leaves.slice(i, i + DEFAULT_SEGMENT_ENTRIES));
  }
}

/** What merkletreejs makes of the same leaves. */
export function peerRoot(leaves: readonly string[]): string {
  const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();
  return new MerkleTree(
    leaves.map((leaf) => Buffer.from(leaf, 'hex')),
    sha256,
    { hashLeaves: false, sort: false, duplicateOdd: false },
  )
    .getRoot()
    .toString('hex');
}
