import { describe, it } from 'vitest';
import type { StoredLog } from '../support/memory-log.ts';
import { editEntry, reanchor, relink, removeEntries, renumber, rowAt } from '../support/tamper.ts';
import { expectBroken, type TamperCase } from '../support/verdict.ts';

const remove =
  (...positions: number[]) =>
  (log: StoredLog) =>
    removeEntries(log, ...positions);

describe('entries are deleted', () => {
  it.each<TamperCase>([
    { name: 'the genesis', tamper: remove(0), wantCode: 'gap', wantPosition: 0 },
    { name: 'the first two', tamper: remove(0, 1), wantCode: 'gap', wantPosition: 0 },
    { name: 'one in the middle', tamper: remove(2), wantCode: 'gap', wantPosition: 2 },
    { name: 'the last of a segment', tamper: remove(3), wantCode: 'gap', wantPosition: 3 },
    { name: 'the first of a segment', tamper: remove(4), wantCode: 'gap', wantPosition: 4 },
    { name: 'across a segment border', tamper: remove(3, 4, 5), wantCode: 'gap', wantPosition: 3 },
    { name: 'a whole segment', tamper: remove(4, 5, 6), wantCode: 'gap', wantPosition: 4 },
    { name: 'two that are apart', tamper: remove(2, 8), wantCode: 'gap', wantPosition: 2 },
    { name: 'one that is not anchored', tamper: remove(8), wantCode: 'gap', wantPosition: 8 },
    { name: 'the last', tamper: remove(9), wantCode: 'truncated', wantPosition: 9 },
    { name: 'the last three', tamper: remove(7, 8, 9), wantCode: 'truncated', wantPosition: 7 },
    { name: 'down into a segment', tamper: remove(5, 6, 7, 8, 9), wantCode: 'truncated', wantPosition: 5 },
    {
      name: 'all but the genesis',
      tamper: remove(1, 2, 3, 4, 5, 6, 7, 8, 9),
      wantCode: 'truncated',
      wantPosition: 1,
    },
    {
      name: 'all of them',
      tamper: (log) => {
        log.entries = [];
      },
      wantCode: 'tenant_missing',
      wantPosition: 0,
    },
    {
      name: 'all but the last',
      tamper: remove(0, 1, 2, 3, 4, 5, 6, 7, 8),
      wantCode: 'gap',
      wantPosition: 0,
    },
  ])('$name', expectBroken);

  // Whoever deletes an entry may move the later ones down, and link and hash them anew.
  it.each<TamperCase>([
    {
      name: 'the genesis, the rest moved down',
      tamper: (log) => {
        log.entries.shift();
        renumber(log, 0, -1);
        relink(log, 1);
      },
      wantCode: 'genesis_invalid',
      wantPosition: 0,
    },
    {
      name: 'one that is anchored, the rest moved down',
      tamper: (log) => {
        log.entries.splice(5, 1);
        renumber(log, 5, -1);
        relink(log, 5);
      },
      wantCode: 'anchor_root_mismatch',
      wantPosition: 4,
    },
    {
      name: 'one that is not anchored, the rest moved down',
      tamper: (log) => {
        log.entries.splice(8, 1);
        renumber(log, 8, -1);
        relink(log, 8);
      },
      wantCode: 'truncated',
      wantPosition: 9,
    },
  ])('$name', expectBroken);
});

describe('entries are put in', () => {
  it.each<TamperCase>([
    {
      name: 'between two others, the rest moved up and linked anew',
      tamper: (log) => {
        insert(log, 2);
      },
      wantCode: 'anchor_root_mismatch',
      wantPosition: 0,
    },
    {
      name: 'behind the anchors, the rest moved up and linked anew',
      tamper: (log) => {
        insert(log, 8);
      },
      wantCode: 'head_mismatch',
      wantPosition: 9,
    },
    {
      // The forged entry is a good successor of the one before; nothing vouches for the one moved up.
      name: 'in the place of another, which is moved up but not linked',
      tamper: (log) => {
        log.entries.splice(5, 0, structuredClone(rowAt(log, 5)));
        renumber(log, 6, 1);
        editEntry(log, 5, (entry) => {
          entry['data'] = { forged: true };
        });
      },
      wantCode: 'link_mismatch',
      wantPosition: 6,
    },
    {
      name: 'behind a hole, which shows it',
      tamper: (log) => {
        const row = structuredClone(rowAt(log, 9));
        log.entries.push(row);
        editEntry({ ...log, entries: [row] }, 9, (entry) => {
          entry['seq'] = 12;
          entry['id'] = 'evt-12';
        });
      },
      wantCode: 'gap',
      wantPosition: 10,
    },
    {
      name: 'after the end with a wrong link',
      tamper: (log) => {
        const row = structuredClone(rowAt(log, 9));
        log.entries.push(row);
        editEntry({ ...log, entries: [row] }, 9, (entry) => {
          entry['seq'] = 10;
          entry['id'] = 'evt-10';
        });
      },
      wantCode: 'link_mismatch',
      wantPosition: 10,
    },
  ])('$name', expectBroken);
});

function insert(log: StoredLog, at: number): void {
  const row = structuredClone(rowAt(log, at));
  renumber(log, at, 1);
  log.entries.splice(at, 0, row);
  editEntry({ ...log, entries: [row] }, at, (entry) => {
    entry['data'] = { forged: true };
    entry['id'] = 'forged';
  });
  relink(log, at);
}

describe('entries change places', () => {
  const swap = (a: number, b: number, columns: readonly string[]) => (log: StoredLog) => {
    const [x, y] = [rowAt(log, a), rowAt(log, b)];
    for (const column of columns) [x[column], y[column]] = [y[column], x[column]];
  };

  it.each<TamperCase>([
    {
      name: 'by their position columns',
      tamper: swap(5, 6, ['seq']),
      wantCode: 'column_mismatch',
      wantPosition: 5,
    },
    {
      name: 'by their texts',
      tamper: swap(5, 6, ['entry', 'openings']),
      wantCode: 'hash_mismatch',
      wantPosition: 5,
    },
    {
      name: 'by texts and hashes',
      tamper: swap(2, 7, ['entry', 'openings', 'hash']),
      wantCode: 'column_mismatch',
      wantPosition: 2,
    },
    {
      name: 'in everything, texts renumbered',
      tamper: (log) => {
        const [x, y] = [rowAt(log, 5), rowAt(log, 6)];
        editEntry({ ...log, entries: [x] }, 5, (entry) => {
          entry['seq'] = 6;
        });
        editEntry({ ...log, entries: [y] }, 6, (entry) => {
          entry['seq'] = 5;
        });
        log.entries.splice(5, 2, y, x);
      },
      wantCode: 'link_mismatch',
      wantPosition: 5,
    },
    {
      name: 'in everything, texts renumbered and linked anew',
      tamper: (log) => {
        const [x, y] = [rowAt(log, 8), rowAt(log, 9)];
        editEntry({ ...log, entries: [x] }, 8, (entry) => {
          entry['seq'] = 9;
          entry['time'] = y['time'];
        });
        editEntry({ ...log, entries: [y] }, 9, (entry) => {
          entry['seq'] = 8;
        });
        log.entries.splice(8, 2, y, x);
        relink(log, 8);
      },
      wantCode: 'head_mismatch',
      wantPosition: 9,
    },
  ])('$name', expectBroken);
});

describe('an entry occurs twice', () => {
  const repeat = (seq: number, at: number) => (log: StoredLog) => {
    log.entries.splice(at, 0, structuredClone(rowAt(log, seq)));
  };

  it.each<TamperCase>([
    { name: 'the genesis', tamper: repeat(0, 1), wantCode: 'duplicate', wantPosition: 0 },
    { name: 'one in the middle', tamper: repeat(5, 5), wantCode: 'duplicate', wantPosition: 5 },
    { name: 'the last', tamper: repeat(9, 10), wantCode: 'duplicate', wantPosition: 9 },
    {
      name: 'with another content',
      tamper: (log) => {
        repeat(5, 6)(log);
        editEntry({ ...log, entries: log.entries.slice(6) }, 5, (entry) => {
          entry['data'] = { forged: true };
        });
      },
      wantCode: 'duplicate',
      wantPosition: 5,
    },
  ])('$name', expectBroken);
});

describe('what was anchored or signed off stays, whatever else is made anew', () => {
  it.each<TamperCase>([
    {
      name: 'entries hashed anew up to the head: the anchor tells',
      tamper: (log) => {
        editEntry(log, 5, (entry) => {
          entry['data'] = { forged: true };
        });
        relink(log, 6);
      },
      wantCode: 'anchor_root_mismatch',
      wantPosition: 4,
    },
    {
      name: 'anchors made anew as well: the head tells',
      tamper: (log) => {
        editEntry(log, 5, (entry) => {
          entry['data'] = { forged: true };
        });
        relink(log, 6);
        reanchor(log, 1);
      },
      wantCode: 'head_mismatch',
      wantPosition: 9,
    },
    {
      name: 'entries hashed anew that a lagging head names: it tells which one inside the segment',
      shape: { entries: 10, segments: [4, 3], headSeq: 5 },
      tamper: (log) => {
        editEntry(log, 5, (entry) => {
          entry['data'] = { forged: true };
        });
        relink(log, 6);
      },
      wantCode: 'anchor_root_mismatch',
      wantPosition: 5,
    },
    {
      name: 'entries after the anchors hashed anew: the head tells',
      tamper: (log) => {
        editEntry(log, 8, (entry) => {
          entry['data'] = { forged: true };
        });
        relink(log, 9);
      },
      wantCode: 'head_mismatch',
      wantPosition: 9,
    },
  ])('$name', expectBroken);
});
