import { randomUUID } from 'node:crypto';
import { type EntryRow, entryHash, entryTemplate, seal, ZERO_HASH } from '@sealtrail/format';
import type { EntryDraft } from '@sealtrail/store';

/** Rows for raw writes, which takes them in groups. */
export interface Rows {
  readonly length: number;
  slice(from: number, to: number): readonly EntryRow[];
}

/**
 * Rows that are made from drafts when they are asked for, in order: checked, sealed, encoded, linked and hashed, and nothing else. Whoever
 * writes these rows in one thread has this to do, whatever the rest of it looks like.
 */
export class MadeRows implements Rows {
  readonly length: number;
  readonly #drafts: readonly EntryDraft[];
  readonly #tenant: string;
  #prev = ZERO_HASH;

  constructor(tenant: string, drafts: readonly EntryDraft[]) {
    this.#tenant = tenant;
    this.#drafts = drafts;
    this.length = drafts.length;
  }

  slice(from: number, to: number): EntryRow[] {
    const time = new Date().toISOString();
    return this.#drafts.slice(from, to).map((draft, i) => this.#make(draft, from + i, time));
  }

  #make(
    { type, actor, targets = [], data = {}, sealed: values = {} }: EntryDraft,
    seq: number,
    time: string,
  ): EntryRow {
    const tenant = this.#tenant;
    const id = randomUUID();
    const { sealed, openings } = seal(
      Object.entries(values).map(([field, value]) => ({
        field,
        salt: randomUUID().replaceAll('-', ''),
        value,
      })),
    );
    const entry = entryTemplate({ tenant, id, type, actor, targets, data, sealed }).at(seq, this.#prev, time);
    const hash = entryHash(entry);
    this.#prev = hash;
    return { tenant, seq, id, type, time, hash, entry, openings };
  }
}
