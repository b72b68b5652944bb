import { describe, expect, it } from 'vitest';
import { addAnchor, type LogShape, type StoredLog, setHead } from '../support/memory-log.ts';
import {
  editAnchor,
  editEntry,
  otherHash,
  reanchor,
  relink,
  removeEntries,
  rowAt,
} from '../support/tamper.ts';
import { expectBroken, type TamperCase } from '../support/verdict.ts';

/** Anchors over 0 to 2, 3 to 5, 6 to 7 and 8 to 8; the entries 9 to 11 are not anchored. */
const FOUR: LogShape = { entries: 12, segments: [3, 3, 2, 1] };
const STARTS = [0, 3, 6, 8];

/** The same change to each of the four anchors. */
function each(
  name: string,
  wantCode: TamperCase['wantCode'],
  tamper: (log: StoredLog, number: number) => void,
  position = (number: number) => STARTS[number] as number,
): TamperCase[] {
  return STARTS.map((_, number) => ({
    name: `${name}, anchor ${number}`,
    shape: FOUR,
    tamper: (log) => tamper(log, number),
    wantCode,
    wantPosition: position(number),
  }));
}

const column = (name: string, value: unknown) => (log: StoredLog, number: number) => {
  (log.anchors[number] as Record<string, unknown>)[name] = value;
};

describe('a column of an anchor', () => {
  it.each([
    ...each('another hash', 'anchor_hash_mismatch', (log, n) => {
      column('hash', otherHash(log.anchors[n]?.['hash']))(log, n);
    }),
    ...each('another beginning', 'column_mismatch', (log, n) => column('from_seq', n === 0 ? 1 : 0)(log, n)),
    ...each('a beginning behind the log', 'column_mismatch', column('from_seq', 5_000)),
    ...each('another end', 'column_mismatch', column('to_seq', 11)),
    ...each('another number', 'column_mismatch', column('number', 9)),
    ...each('a column more', 'anchor_malformed', column('signed_by', 'u-1')),
    ...['number', 'from_seq', 'to_seq', 'hash', 'anchor'].flatMap((name) => [
      ...each(`nothing in ${name}`, 'anchor_malformed', column(name, null)),
      ...each(`another type in ${name}`, 'anchor_malformed', column(name, true)),
      ...each(`no ${name}`, 'anchor_malformed', (log, n) => {
        delete (log.anchors[n] as Record<string, unknown>)[name];
      }),
    ]),
  ])('$name', expectBroken);
});

describe('the text of an anchor', () => {
  const members: [string, unknown][] = [
    ['entries_root', 'ab'.repeat(32)],
    ['records_root', 'ab'.repeat(32)],
    ['records_size', 77],
    ['last', 'ab'.repeat(32)],
    ['time', '2026-03-02T10:00:00.000Z'],
    ['prev', 'ab'.repeat(32)],
  ];

  it.each(
    members.flatMap(([member, value]) =>
      each(`another ${member}: its hash tells`, 'anchor_hash_mismatch', (log, n) => {
        editAnchor(log, n, (anchor) => void (anchor[member] = value), 'nothing');
      }),
    ),
  )('$name', expectBroken);

  // Hashed anew: the next anchor or the head still has the old hash.
  it.each(
    members.flatMap(([member, value]) =>
      each(`another ${member}, hashed anew: the next anchor tells`, 'anchor_link_mismatch', (log, n) => {
        editAnchor(log, n, (anchor) => void (anchor[member] = value));
      }).slice(0, 3),
    ),
  )('$name', expectBroken);

  it.each([
    ...each('another tenant, hashed anew', 'column_mismatch', (log, n) => {
      editAnchor(log, n, (anchor) => void (anchor['tenant'] = 'other'), 'hash');
    }),
    ...each('another version, hashed anew', 'anchor_malformed', (log, n) => {
      editAnchor(log, n, (anchor) => void (anchor['v'] = 2), 'hash');
    }),
    ...each('a member more, hashed anew', 'anchor_malformed', (log, n) => {
      editAnchor(log, n, (anchor) => void (anchor['note'] = ''), 'hash');
    }),
    ...each('a later beginning, hashed anew', 'anchor_gap', (log, n) => {
      editAnchor(log, n, (anchor) => {
        anchor['from'] = Number(anchor['from']) + 1;
        anchor['to'] = Number(anchor['to']) + 1;
      });
    }),
    ...each('an earlier beginning, hashed anew', 'anchor_gap', (log, n) => {
      editAnchor(log, n, (anchor) => void (anchor['from'] = Number(anchor['from']) - 1));
    }).slice(1),
    ...each('an earlier end, hashed anew', 'anchor_root_mismatch', (log, n) => {
      editAnchor(log, n, (anchor) => void (anchor['to'] = Number(anchor['to']) - 1));
    }).slice(0, 3),
    ...each('an end behind the log, hashed anew', 'anchor_root_mismatch', (log, n) => {
      editAnchor(log, n, (anchor) => void (anchor['to'] = 40));
    }).slice(0, 3),
    ...each('another number, hashed anew', 'anchor_gap', (log, n) => {
      editAnchor(log, n, (anchor) => void (anchor['number'] = 9));
    }),
    ...each('an empty text', 'anchor_malformed', (log, n) => column('anchor', '')(log, n)),
    ...each('a text that is too long', 'anchor_malformed', (log, n) =>
      column('anchor', ' '.repeat(1e6))(log, n),
    ),
    ...each('an entry in its place', 'anchor_malformed', (log, n) => {
      column('anchor', rowAt(log, 5)['entry'])(log, n);
      column('hash', rowAt(log, 5)['hash'])(log, n);
    }),
    ...each('a time before its entries', 'time_decreasing', (log, n) => {
      editAnchor(log, n, (anchor) => void (anchor['time'] = '2026-03-02T07:00:00.000Z'));
    }),
  ])('$name', expectBroken);
});

describe('anchors removed, added or swapped', () => {
  it.each<TamperCase>([
    ...each('removed', 'anchor_gap', (log, n) => void log.anchors.splice(n, 1)).slice(0, 3),
    {
      name: 'the newest removed',
      shape: FOUR,
      tamper: (log) => void log.anchors.pop(),
      wantCode: 'anchor_missing',
      wantPosition: 8,
    },
    {
      name: 'all removed',
      shape: FOUR,
      tamper: (log) => void log.anchors.splice(0),
      wantCode: 'anchor_missing',
      wantPosition: 0,
    },
    {
      name: 'two swapped by their numbers',
      shape: FOUR,
      tamper: (log) => {
        column('number', 2)(log, 1);
        column('number', 1)(log, 2);
      },
      wantCode: 'column_mismatch',
      wantPosition: 3,
    },
    {
      name: 'one twice',
      shape: FOUR,
      tamper: (log) => void log.anchors.push({ ...log.anchors[1] }),
      wantCode: 'anchor_gap',
      wantPosition: 3,
    },
    {
      name: 'one of another tenant',
      shape: FOUR,
      tamper: (log) => column('tenant', 'other')(log, 1),
      wantCode: 'anchor_gap',
      wantPosition: 3,
    },
    {
      name: 'the newest stretched over entries that are not there',
      shape: FOUR,
      tamper: (log) => editAnchor(log, 3, (anchor) => void (anchor['to'] = 40)),
      wantCode: 'truncated',
      wantPosition: 12,
    },
    {
      name: 'one added over entries that are not there',
      shape: FOUR,
      tamper: (log) => addAnchor(log, 9, 20),
      wantCode: 'truncated',
      wantPosition: 12,
    },
    {
      name: 'one added behind a hole',
      shape: FOUR,
      tamper: (log) => addAnchor(log, 10, 11),
      wantCode: 'anchor_gap',
      wantPosition: 9,
    },
    {
      name: 'one added that overlaps the one before',
      shape: FOUR,
      tamper: (log) => addAnchor(log, 7, 11),
      wantCode: 'anchor_gap',
      wantPosition: 9,
    },
  ])('$name', expectBroken);
});

describe('an anchor that was made over changed entries does not launder them', () => {
  it.each<TamperCase>([
    {
      name: 'the tail cut, the rest anchored again: the head still names what is gone',
      shape: FOUR,
      tamper: (log) => {
        removeEntries(log, 10, 11);
        addAnchor(log, 9, 9);
      },
      wantCode: 'truncated',
      wantPosition: 10,
    },
    {
      name: 'cut inside a segment, that anchor made again: the head tells',
      shape: FOUR,
      tamper: (log) => {
        removeEntries(log, 7, 8, 9, 10, 11);
        log.anchors.length = 2;
        addAnchor(log, 6, 6);
      },
      wantCode: 'truncated',
      wantPosition: 7,
    },
    {
      name: 'everything after an anchor made anew, with new anchors: the entry at its end tells',
      shape: FOUR,
      tamper: (log) => {
        editEntry(log, 5, (entry) => void (entry['data'] = {}));
        relink(log, 6);
        reanchor(log, 2);
        setHead(log);
      },
      wantCode: 'anchor_root_mismatch',
      wantPosition: 3,
    },
    {
      // The link between anchors 1 and 2 fails, and anchor 3 vouches for anchor 2.
      name: 'the anchors made anew, but one of them not linked',
      shape: FOUR,
      tamper: (log) => {
        editEntry(log, 1, (entry) => void (entry['data'] = {}));
        relink(log, 2);
        const old = log.anchors.map((row) => row['hash']);
        reanchor(log);
        editAnchor(log, 2, (anchor) => void (anchor['prev'] = old[1]));
        reanchor(log, 3);
        setHead(log);
      },
      wantCode: 'anchor_link_mismatch',
      wantPosition: 3,
    },
    {
      name: 'an anchor over nothing that its entries say, head and later anchors following',
      shape: FOUR,
      tamper: (log) => {
        editAnchor(log, 1, (anchor) => void (anchor['records_size'] = 0));
        reanchor(log, 2);
        setHead(log);
      },
      wantCode: 'anchor_records_mismatch',
      wantPosition: 3,
    },
    {
      name: 'only the last hash of an anchor differs',
      shape: FOUR,
      tamper: (log) => {
        editAnchor(log, 1, (anchor) => void (anchor['last'] = 'ab'.repeat(32)));
        reanchor(log, 2);
        setHead(log);
      },
      wantCode: 'anchor_last_mismatch',
      wantPosition: 5,
    },
  ])('$name', expectBroken);
});

it('the cases above start from a log with four anchors', () => {
  expect(STARTS).toHaveLength(FOUR.segments?.length ?? 0);
});
