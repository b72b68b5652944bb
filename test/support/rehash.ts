import { anchorHash, canonicalize, entryHash } from '@sealtrail/format';
import type { Raw, Row } from './raw.ts';

export interface RehashOptions {
  /** The last position that is written anew; default the end of the log. */
  readonly upTo?: number;
  /** Whether the head is made to fit. */
  readonly head?: boolean;
}

/** Changes an entry's members as somebody does who knows the format: with hash, columns and links of all that follows. */
export async function rehash(
  raw: Raw,
  tenant: string,
  seq: number,
  changes: Row,
  options: RehashOptions,
): Promise<void> {
  const rows = await raw.rows('entries', tenant);
  let prev: string | undefined;
  let last: Row | undefined;
  for (const row of rows) {
    const at = row['seq'] as number;
    if (at < seq || at > (options.upTo ?? Number.MAX_SAFE_INTEGER)) continue;
    const entry = { ...JSON.parse(row['entry'] as string), ...(at === seq ? changes : {}) };
    if (prev !== undefined) entry.prev = prev;
    last = derived(canonicalize(entry));
    prev = last['hash'] as string;
    await raw.set('entries', { tenant, seq: at }, last);
  }
  if (options.head === true && last !== undefined) {
    const { seq, hash, time } = last;
    await raw.set('heads', { tenant }, { seq, hash, time });
  }
}

/** The columns of an entry's text, those that hold something else than the tenant. */
export function derived(text: string): Row {
  const { seq, id, type, time } = JSON.parse(text);
  return { seq, id, type, time, hash: entryHash(text), entry: text };
}

/** Changes an anchor's members, with its hash and columns. */
export async function rehashAnchor(raw: Raw, tenant: string, number: number, changes: Row): Promise<string> {
  const [row] = (await raw.rows('anchors', tenant)).filter((one) => one['number'] === number);
  const anchor = { ...JSON.parse(row?.['anchor'] as string), ...changes };
  const text = canonicalize(anchor);
  const hash = anchorHash(text);
  const columns = { number: anchor.number, from_seq: anchor.from, to_seq: anchor.to, hash, anchor: text };
  await raw.set('anchors', { tenant, number }, columns);
  return hash;
}
