import { createHash } from 'node:crypto';
import { DEFAULT_SEGMENT_ENTRIES } from '@sealtrail/format';
import { anchorTenant, segmentRoot } from '@sealtrail/store';
import { MerkleTree } from 'merkletreejs';
import type { Bed } from './beds/bed.ts';
import { fill, storedRows, TENANT } from './data.ts';
import { type Figure, inTurn, rate } from './measure.ts';
import { runTask } from './tasks.ts';

export interface AnchorOptions {
  readonly entries: number;
  readonly rounds: number;
  readonly say: (line: string) => void;
}

/**
 * Anchoring, which verifies all entries and all sealed values again and adds roots over entries and records, against the
 * trees alone.
 */
export async function benchAnchor(bed: Bed, options: AnchorOptions): Promise<Figure> {
  const { entries, say } = options;
  const size = entries.toLocaleString('en-US');
  say(`anchor, ${bed.name}: writing ${size} entries`);
  const { store, location, drop } = await bed.fresh();
  await fill(store, entries - 1);
  const leaves = (await storedRows(store, [TENANT])).map(({ hash }) => hash);
  say(`anchor, ${bed.name}, ${size} entries`);
  const anchor = (): Promise<number> => rate(entries, () => anchorTenant(store, TENANT));
  const measured = await inTurn(
    options.rounds,
    async () => {
      await bed.dropAnchors(location);
      return anchor();
    },
    {
      'verification of the anchored log': async () => (await runTask('verify', location, entries)).perSecond,
      'merkletreejs alone, the entries trees': () => rate(leaves.length, () => segments(leaves, peerRoot)),
      'two implementations of the entries trees, compared': () =>
        rate(leaves.length, () => segments(leaves, segmentRoot)),
    },
  );
  await drop();
  return { part: 'anchor', store: bed.name, name: `${size} entries`, ...measured, notes: {} };
}

function segments(leaves: readonly string[], root: (leaves: readonly string[]) => string): void {
  for (let i = 0; i < leaves.length; i += DEFAULT_SEGMENT_ENTRIES) {
    root(leaves.slice(i, i + DEFAULT_SEGMENT_ENTRIES));
  }
}

function peerRoot(leaves: readonly string[]): string {
  const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();
  return new MerkleTree(
    leaves.map((leaf) => Buffer.from(leaf, 'hex')),
    sha256,
    { hashLeaves: false, sort: false, duplicateOdd: false },
  )
    .getRoot()
    .toString('hex');
}
