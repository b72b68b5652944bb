import { type ErasedValues, type Hold, MAX_ERASED_RUNS, readOpenings, type Target } from '@sealtrail/format';
import type { DestroyedValues, Store } from '../port.ts';
import { type EntryRef, isAbout, Rules } from '../retention/rules.ts';

/** Entries whose openings are read together. */
const CHUNK = 500;

/** What shall be erased. */
export interface EraseScope {
  /** A person: as actor, as whom somebody acted for, or as target. A record: as target. */
  readonly about: 'subject' | 'record';
  readonly target: Target;
  /** Only these sealed fields; default all. */
  readonly fields?: readonly string[] | undefined;
}

/** Finds what an erasure is about, and goes on from there as the log grows. */
export class ErasePlan {
  readonly rules: Rules;
  readonly #scope: EraseScope;
  readonly #matched: EntryRef[] = [];
  #values: DestroyedValues[] = [];
  #held: { readonly value: DestroyedValues; readonly holds: readonly Hold[] }[] = [];

  constructor(store: Store, tenant: string, scope: EraseScope) {
    this.#scope = scope;
    this.rules = new Rules(store, tenant, (entry, hash) => {
      if (isAbout(entry, { about: scope.about, ...scope.target }))
        this.#matched.push({ seq: entry.seq, hash });
    });
  }

  /** Reads the log up to its end, and which of the values still exist. */
  async advance(): Promise<void> {
    await this.rules.advance();
    this.#values = [];
    this.#held = [];
    for (let i = 0; i < this.#matched.length; i += CHUNK) {
      for (const row of await this.rules.again(this.#matched.slice(i, i + CHUNK))) {
        const there = Object.keys(readOpenings(row.openings));
        const fields = there.filter((field) => this.#scope.fields?.includes(field) ?? true).sort();
        if (fields.length === 0) continue;
        const value = { seq: row.seq, fields };
        const holds = this.rules.holdsOn(JSON.parse(row.entry));
        if (holds.length > 0) this.#held.push({ value, holds });
        else this.#values.push(value);
      }
    }
  }

  /** What would be destroyed. */
  get values(): readonly DestroyedValues[] {
    return this.#values;
  }

  /** What a hold protects. */
  get held(): readonly { readonly value: DestroyedValues; readonly holds: readonly Hold[] }[] {
    return this.#held;
  }
}

/** Values as runs of positions for each set of fields, in parts that fit into one entry. */
export function partsOf(values: readonly DestroyedValues[]): ErasedValues[] {
  const groups = new Map<string, { readonly fields: readonly string[]; readonly at: [number, number][] }>();
  for (const { seq, fields } of values) {
    const key = fields.join(' ');
    const group = groups.get(key) ?? { fields, at: [] };
    groups.set(key, group);
    const last = group.at.at(-1);
    if (last !== undefined && last[1] === seq - 1) last[1] = seq;
    else group.at.push([seq, seq]);
  }
  const parts: ErasedValues[] = [];
  let part: ErasedValues = [];
  let room = MAX_ERASED_RUNS;
  for (const { fields, at } of groups.values()) {
    for (let i = 0; i < at.length; ) {
      const taken = at.slice(i, i + room);
      part.push({ fields: [...fields], at: taken });
      i += taken.length;
      // Names of fields take room as well.
      room -= taken.length + fields.length;
      if (room <= 0) {
        parts.push(part);
        part = [];
        room = MAX_ERASED_RUNS;
      }
    }
  }
  if (part.length > 0) parts.push(part);
  return parts;
}
