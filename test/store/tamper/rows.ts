import { canonicalize } from '@sealtrail/format';
import type { Raw, Row } from '../../support/raw.ts';
import { derived, rehash } from '../../support/rehash.ts';
import { type TamperCase as Case, entry, HEAD, LAST, MIDDLE, TENANT } from './case.ts';

const remove =
  (...positions: readonly number[]): Case['change'] =>
  async (raw) => {
    for (const seq of positions) await raw.remove('entries', entry(seq));
  };

async function rowAt(raw: Raw, seq: number): Promise<Row> {
  const row = (await raw.rows('entries', TENANT)).find((one) => one['seq'] === seq);
  if (row === undefined) throw new Error(`no entry ${seq}`);
  return row;
}

async function headAt(raw: Raw, seq: number): Promise<void> {
  const { hash, time } = await rowAt(raw, seq);
  await raw.set('heads', HEAD, { seq, hash, time });
}

const deletions: readonly Case[] = [
  { what: 'the newest entry deleted', change: remove(LAST), code: 'truncated', position: LAST },
  { what: 'the newest entries deleted', change: remove(8, 9, 10), code: 'truncated', position: 8 },
  {
    what: 'the newest entries deleted, into a segment',
    change: remove(6, 7, 8, 9, 10),
    code: 'truncated',
    position: 6,
  },
  {
    what: 'the newest entries deleted, into a segment, and the head set back',
    change: async (raw, kind) => {
      await remove(6, 7, 8, 9, 10)(raw, kind);
      await headAt(raw, 5);
    },
    code: 'truncated',
    position: 6,
  },
  { what: 'an entry in the middle deleted', change: remove(MIDDLE), code: 'gap', position: MIDDLE },
  { what: 'two entries apart deleted', change: remove(2, 9), code: 'gap', position: 2 },
  { what: 'a whole segment deleted', change: remove(4, 5, 6, 7), code: 'gap', position: 4 },
  { what: 'the first entry deleted', change: remove(0), code: 'gap', position: 0 },
  {
    what: 'everything but the newest entry deleted',
    change: remove(0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    code: 'gap',
    position: 0,
  },
];

/** A row that is forged to stand at a position. */
async function forged(raw: Raw, seq: number, changes: Row = {}): Promise<Row> {
  const template = await rowAt(raw, seq);
  const text = canonicalize({ ...JSON.parse(String(template['entry'])), id: 'forged', ...changes });
  return { ...template, ...derived(text), _id: undefined };
}

async function insert(raw: Raw, kind: string, row: Row, id: string): Promise<void> {
  const { _id, ...columns } = row;
  await raw.insert('entries', kind === 'mongodb' ? { _id: id, ...columns } : columns);
}

const insertions: readonly Case[] = [
  {
    what: 'a second entry at a position',
    change: async (raw, kind) => {
      await raw.loosen();
      await insert(raw, kind, await forged(raw, MIDDLE), `${TENANT}/forged`);
    },
    code: 'duplicate',
    position: MIDDLE,
  },
  {
    what: 'the same entry a second time',
    change: async (raw, kind) => {
      await raw.loosen();
      await insert(raw, kind, await rowAt(raw, MIDDLE), `${TENANT}/again`);
    },
    code: 'duplicate',
    position: MIDDLE,
  },
  {
    what: 'an entry between two others, at a fraction',
    change: async (raw, kind) => {
      await raw.loosen();
      await insert(raw, kind, { ...(await forged(raw, MIDDLE)), seq: 5.5 }, `${TENANT}/5.5`);
    },
    code: 'row_malformed',
    position: MIDDLE,
  },
  {
    what: 'an entry before the first',
    change: async (raw, kind) => {
      await insert(raw, kind, { ...(await forged(raw, MIDDLE)), seq: -1 }, `${TENANT}/-1`);
    },
    code: 'row_malformed',
    position: MIDDLE,
  },
  {
    what: 'an entry far behind the last',
    change: async (raw, kind) => insert(raw, kind, await forged(raw, LAST, { seq: 20 }), `${TENANT}/20`),
    code: 'gap',
    position: 11,
  },
  {
    what: 'an entry behind the last that does not link to it',
    change: async (raw, kind) => insert(raw, kind, await forged(raw, LAST, { seq: 11 }), `${TENANT}/11`),
    code: 'link_mismatch',
    position: 11,
  },
  {
    what: 'an entry in the middle, all later ones renumbered and re-hashed, and the head',
    change: async (raw, kind) => {
      const row = await forged(raw, MIDDLE);
      const rows = await raw.rows('entries', TENANT);
      for (const { seq } of rows.reverse()) {
        if ((seq as number) < MIDDLE) continue;
        const moved = { seq: (seq as number) + 1 };
        await raw.set(
          'entries',
          entry(seq as number),
          kind === 'mongodb' ? { ...moved, _id: `${TENANT}/${moved.seq}` } : moved,
        );
      }
      await insert(raw, kind, row, `${TENANT}/${MIDDLE}`);
      let prev = String((await rowAt(raw, MIDDLE - 1))['hash']);
      for (let seq = MIDDLE; seq <= LAST + 1; seq++) {
        const parsed = JSON.parse(String((await rowAt(raw, seq))['entry']));
        const columns = derived(canonicalize({ ...parsed, seq, prev }));
        await raw.set('entries', entry(seq), columns);
        prev = String(columns['hash']);
      }
      await headAt(raw, LAST + 1);
    },
    code: 'anchor_root_mismatch',
    position: 4,
  },
];

const WITHOUT_PLACE = ['id', 'type', 'time', 'hash', 'entry', 'openings'];

async function exchange(raw: Raw, one: number, two: number, rewrite: boolean): Promise<void> {
  const [first, second] = [await rowAt(raw, one), await rowAt(raw, two)];
  const columns = (row: Row) => Object.fromEntries(WITHOUT_PLACE.map((name) => [name, row[name]]));
  await raw.loosen();
  let prev = JSON.parse(String(first['entry'])).prev;
  for (const [seq, row] of [
    [one, second],
    [two, first],
  ] as const) {
    const placed = derived(canonicalize({ ...JSON.parse(String(row['entry'])), seq, prev }));
    await raw.set('entries', entry(seq), { ...columns(row), ...(rewrite ? placed : {}) });
    prev = placed['hash'];
  }
}

const reordered: readonly Case[] = [
  {
    what: 'two entries exchanged',
    change: (raw) => exchange(raw, MIDDLE, 6, false),
    code: 'column_mismatch',
    position: MIDDLE,
  },
  {
    // The two agree with each other and with what comes before: the first that disagrees is where they join what follows.
    what: 'two entries exchanged and re-hashed',
    change: (raw) => exchange(raw, MIDDLE, 6, true),
    code: 'link_mismatch',
    position: 6,
  },
  {
    what: 'the two newest entries exchanged and re-hashed',
    change: (raw) => exchange(raw, 9, LAST, true),
    code: 'head_mismatch',
    position: LAST,
  },
];

const rewritten: readonly Case[] = [
  {
    what: 'an entry changed and everything after it re-hashed, without the head',
    change: (raw) => rehash(raw, TENANT, MIDDLE, { data: {} }, {}),
    code: 'anchor_root_mismatch',
    position: 4,
  },
  {
    what: 'an entry changed and everything after it re-hashed, with the head',
    change: (raw) => rehash(raw, TENANT, MIDDLE, { data: {} }, { head: true }),
    code: 'anchor_root_mismatch',
    position: 4,
  },
  {
    what: 'an entry changed and some after it re-hashed',
    change: (raw) => rehash(raw, TENANT, MIDDLE, { data: {} }, { upTo: 6 }),
    code: 'link_mismatch',
    position: 6,
  },
  {
    what: 'the last anchored entry changed and everything after it re-hashed, with the head',
    change: (raw) => rehash(raw, TENANT, 7, { data: {} }, { head: true }),
    code: 'anchor_last_mismatch',
    position: 4,
  },
  {
    what: 'an entry after the last anchor changed and everything after it re-hashed, without the head',
    change: (raw) => rehash(raw, TENANT, 8, { data: {} }, {}),
    code: 'head_mismatch',
    position: LAST,
  },
];

/** Rows deleted, inserted, moved; histories rewritten. */
export const rowCases: readonly Case[] = [...deletions, ...insertions, ...reordered, ...rewritten];
