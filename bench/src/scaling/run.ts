import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServices } from '@sealtrail/test-services';
import { mongodbBed } from '../beds/mongodb.ts';
import { sqliteBed } from '../beds/sqlite.ts';
import { checkFleet } from './check-fleet.ts';
import { checkProofs } from './check-proofs.ts';
import { checkAppends, checkSeries } from './check-sizes.ts';
import { withTables } from './document.ts';
import { measureUnits } from './measure-units.ts';
import { checksTable } from './tables.ts';
import { readUnitFile, type UnitFile } from './units.ts';
import type { World } from './world.ts';

const UNITS = fileURLToPath(new URL('../../scaling.json', import.meta.url));
const DOCUMENT = fileURLToPath(new URL('../../../docs/scaling.md', import.meta.url));

export interface ScalingFlags {
  /** Measure more, and compare what the model says of it. */
  readonly check?: boolean | undefined;
  /** Measure nothing: the tables anew from the unit costs that are there. */
  readonly tables?: boolean | undefined;
  readonly say: (line: string) => void;
}

/** Measures unit costs, notes them, and writes the tables of docs/scaling.md from them. */
export async function benchScaling({ check = false, tables = false, say }: ScalingFlags): Promise<void> {
  const file = tables ? readUnitFile(UNITS) : await measure(check, say);
  if (!tables) writeFileSync(UNITS, `${JSON.stringify(file, null, 2)}\n`);
  const text = withTables(readFileSync(DOCUMENT, 'utf8'), file);
  writeFileSync(DOCUMENT, text);
  console.log(checksTable(file.checks));
  say(`wrote ${UNITS} and the tables of ${DOCUMENT}`);
}

async function measure(check: boolean, say: World['say']): Promise<UnitFile> {
  const directory = mkdtempSync(join(tmpdir(), 'sealtrail-scaling-'));
  const services = await startServices({ log: say });
  const sqlite = sqliteBed(directory);
  const mongodb = await mongodbBed(services.mongodbUrl);
  const { mongodbUrl, redisUrl } = services;
  const world: World = { sqlite, mongodb, mongodbUrl, redisUrl, check, say };
  try {
    const { units, series } = await measureUnits(world);
    const checks = check
      ? [
          ...(await checkProofs(world)),
          ...checkSeries(series),
          ...(await checkAppends(world, units)),
          ...(await checkFleet(world, units)),
        ]
      : [];
    return { format: 'sealtrail-scaling/1', units, checks };
  } finally {
    await mongodb.close();
    await sqlite.close();
    await services.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}
