import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { anchorTenant, sealTenants } from '@sealtrail/store';
import { benchAnchor } from './anchor.ts';
import type { Bed } from './beds/bed.ts';
import { TENANT } from './data.ts';
import { type FilledLog, fillWithRecord, type LogOptions } from './filled.ts';
import type { Figure } from './measure.ts';
import { benchPartial } from './partial.ts';
import { benchProve } from './prove.ts';
import { exportTo } from './verify.ts';

export interface LogsOptions extends LogOptions {
  readonly entries: number;
  readonly parts: readonly Figure['part'][];
  /** Read parts of the store itself. */
  readonly itself: boolean;
  /** Read parts of bundles, which are written here. */
  readonly directory: string | undefined;
}

/** What smaller logs cost to anchor is in what it costs to begin. */
const MIN_ANCHORED = 100_000;

/** What is measured at one log of one size: anchoring it, then verifying parts of it and proofs from it. */
export async function benchLog(bed: Bed, options: LogsOptions): Promise<Figure[]> {
  const { entries, parts, itself, directory, say } = options;
  const wants = (part: Figure['part']): boolean => parts.includes(part);
  say(`${bed.name}: writing ${entries.toLocaleString('en-US')} entries`);
  const { store, location, drop } = await bed.fresh();
  try {
    await fillWithRecord(store, entries - 1);
    const log = { store, location, entries };
    const figures: Figure[] = [];
    if (wants('anchor') && (entries >= MIN_ANCHORED || !wants('partial')))
      figures.push(await benchAnchor(bed, log, options));
    else await anchorTenant(store, TENANT);
    if (wants('partial')) {
      if (itself) figures.push(await benchPartial(bed.name, location, options));
      if (directory !== undefined) figures.push(await ofBundle(log, directory, options));
    }
    // A proof is the same whatever store it comes from.
    if (wants('prove') && bed.name === 'sqlite') {
      await sealTenants(store);
      figures.push(...(await benchProve(bed, log, options)));
    }
    return figures;
  } finally {
    await drop();
  }
}

async function ofBundle(log: FilledLog, directory: string, options: LogsOptions): Promise<Figure> {
  const path = join(directory, `${log.entries}-partial.jsonl`);
  await exportTo(log.store, path, 'included');
  try {
    return await benchPartial('bundle', path, options);
  } finally {
    rmSync(path, { force: true });
  }
}
