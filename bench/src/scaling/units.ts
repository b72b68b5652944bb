import { readFileSync } from 'node:fs';
import type { Environment } from '../environment.ts';

/** What an operation costs that takes some time however little it does, and some for each thing that it handles. */
export interface Line {
  readonly fixedMs: number;
  readonly perItemMs: number;
}

/** Unit costs, measured on one machine. Everything else in docs/scaling.md is computed from them. */
export interface Units {
  readonly environment: Environment;
  readonly engines: { readonly sqlite: string; readonly mongodb: string; readonly redis: string };
  /** Mean lengths in bytes. */
  readonly bytes: {
    /** Text of an entry that is hashed, and its sealed values. */
    readonly entry: number;
    readonly openings: number;
    /** Documents as BSON. */
    readonly entryDocument: number;
    readonly anchorDocument: number;
    readonly headDocument: number;
    readonly registryDocument: number;
    readonly changeDocument: number;
    /** One entry in a SQLite file, indexes included, and in an archive, compressed. */
    readonly sqliteEntry: number;
    readonly archiveEntry: number;
    /** Memory of the sealer for one tenant. */
    readonly directoryLine: number;
    readonly id: number;
    readonly tenant: number;
  };
  /** A real entry and a real seal, for what they are inside of a proof. */
  readonly samples: { readonly entry: string; readonly seal: string };
  /** Records touched by a segment of as many entries as the keys say. */
  readonly recordsOf: Readonly<Record<string, number>>;
  readonly mongodb: {
    readonly roundTripMs: number;
    /** One commit of so many entries. */
    readonly commit: Line;
    readonly verify: Line;
    /** An anchor job by the entries that it anchors. */
    readonly anchor: Line;
    /** An anchor job that finds nothing due. */
    readonly nothingDueMs: number;
    /** A look for tenants with unanchored entries, by the tenants that there are. */
    readonly tick: Line;
    /** A seal, by tenants whose line did not change, and by those whose line did. */
    readonly sealIdle: Line;
    readonly sealChangedMs: number;
    /** What a sealer that begins reads, by stored changes. */
    readonly directoryLoad: Line;
  };
  readonly sqlite: { readonly verify: Line };
  readonly redis: {
    readonly roundTripMs: number;
    /** Adding a job, and what a worker needs for one beside its work. */
    readonly addJobMs: number;
    readonly jobMs: number;
    readonly jobBytes: number;
  };
}

/** One comparison of what the model said with what was measured afterwards. */
export interface Check {
  readonly what: string;
  /** What the prediction was made from. */
  readonly from: string;
  readonly unit: string;
  readonly predicted: number;
  readonly measured: number;
}

export interface UnitFile {
  readonly format: 'sealtrail-scaling/1';
  readonly units: Units;
  /** Empty when the units were not checked after they were measured. */
  readonly checks: readonly Check[];
}

/** @throws Error when the file is not one that a measurement wrote */
export function readUnitFile(path: string): UnitFile {
  const file = JSON.parse(readFileSync(path, 'utf8')) as Partial<UnitFile>;
  if (file.format !== 'sealtrail-scaling/1' || file.units === undefined || file.checks === undefined) {
    throw new Error(`${path} holds no unit costs of this model`);
  }
  return file as UnitFile;
}

/** The line through two measurements; never below zero, which no cost is. */
export function lineThrough(
  [few, fewMs]: readonly [number, number],
  [many, manyMs]: readonly [number, number],
): Line {
  const perItemMs = Math.max(0, (manyMs - fewMs) / (many - few));
  return { perItemMs, fixedMs: Math.max(0, fewMs - perItemMs * few) };
}

export function along({ fixedMs, perItemMs }: Line, items: number): number {
  return fixedMs + perItemMs * items;
}
