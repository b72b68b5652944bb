import { commit, type FindingCode, type Openings } from '@sealtrail/format';
import { verifyTenant } from '@sealtrail/verifier';
import { describe, expect, it } from 'vitest';
import { buildLog } from '../support/memory-log.ts';
import { MemorySource, tablesOf } from '../support/memory-source.ts';
import { editEntry, rowAt } from '../support/tamper.ts';
import { expectBroken, type TamperCase, verify } from '../support/verdict.ts';

type LooseOpenings = Record<string, Record<string, unknown>>;

// Entries 1, 4 and 7 have one sealed value, 3, 6 and 9 have two, 2, 5 and 8 have none.

/** Changes the stored openings of an entry, which no hash covers. */
function open(
  name: string,
  seq: number,
  wantCode: FindingCode,
  change: (openings: LooseOpenings) => void,
): TamperCase {
  return {
    name,
    tamper: (log) => {
      const row = rowAt(log, seq);
      const openings = JSON.parse(String(row['openings'])) as LooseOpenings;
      change(openings);
      const fields = Object.keys(openings).sort();
      row['openings'] = JSON.stringify(Object.fromEntries(fields.map((field) => [field, openings[field]])));
    },
    wantCode,
    wantPosition: seq,
  };
}

function text(name: string, seq: number, replace: (text: string) => string): TamperCase {
  return {
    name,
    tamper: (log) => {
      rowAt(log, seq)['openings'] = replace(String(rowAt(log, seq)['openings']));
    },
    wantCode: 'opening_malformed',
    wantPosition: seq,
  };
}

const SALT = 'f'.repeat(32);

describe('a sealed value stays what was committed to', () => {
  it.each([
    open('another value', 3, 'opening_mismatch', (o) => {
      o['rationale'] = { ...o['rationale'], value: 'because of 4' };
    }),
    open('a value of another type', 3, 'opening_mismatch', (o) => {
      o['rationale'] = { ...o['rationale'], value: null };
    }),
    open('an accent less', 4, 'opening_mismatch', (o) => {
      o['rationale'] = { ...o['rationale'], value: 'Zoe asked for it' };
    }),
    open('the same letters, composed otherwise', 4, 'opening_mismatch', (o) => {
      o['rationale'] = { ...o['rationale'], value: 'Zoë asked for it'.normalize('NFD') };
    }),
    open('another salt', 3, 'opening_mismatch', (o) => {
      o['rationale'] = { ...o['rationale'], salt: SALT };
    }),
    open('the openings of two fields swapped', 6, 'opening_mismatch', (o) => {
      [o['rationale'], o['diff.before']] = [o['diff.before'] ?? {}, o['rationale'] ?? {}];
    }),
    open('one removed', 6, 'opening_missing', (o) => {
      delete o['rationale'];
    }),
    open('all removed', 9, 'opening_missing', (o) => {
      delete o['rationale'];
      delete o['diff.before'];
    }),
    open('one added beside others', 6, 'opening_unexpected', (o) => {
      o['note'] = { salt: SALT, value: 'x' };
    }),
    open('one added where nothing is sealed', 5, 'opening_unexpected', (o) => {
      o['note'] = { salt: SALT, value: 'x' };
    }),
    open('one added to the genesis', 0, 'opening_unexpected', (o) => {
      o['note'] = { salt: SALT, value: 'x' };
    }),
    open('one under another name', 4, 'opening_unexpected', (o) => {
      o['reason'] = o['rationale'] ?? {};
      delete o['rationale'];
    }),
    {
      name: 'those of two entries swapped',
      tamper: (log) => {
        const [a, b] = [rowAt(log, 1), rowAt(log, 4)];
        [a['openings'], b['openings']] = [b['openings'], a['openings']];
      },
      wantCode: 'opening_mismatch',
      wantPosition: 1,
    },
  ] satisfies TamperCase[])('$name', expectBroken);
});

describe('openings have one form', () => {
  it.each([
    text('nothing', 3, () => ''),
    text('null', 3, () => 'null'),
    text('a list', 3, (t) => `[${t}]`),
    text('white space', 3, (t) => t.replace(':', ': ')),
    text('a space alone', 5, () => '{ }'),
    text('text after the end', 3, (t) => `${t} `),
    text('a second object after the end', 5, () => '{}{}'),
    text('cut', 3, (t) => t.slice(0, -1)),
    text('a brace too many', 3, (t) => `${t}}`),
    text('fields out of order', 3, (t) => {
      const { rationale, ...rest } = JSON.parse(t) as Openings;
      return JSON.stringify({ rationale, ...rest });
    }),
    text('a field twice', 4, (t) => `${t.slice(0, -1)},${t.slice(1)}`),
    text('salt and value out of order', 4, (t) => {
      const { rationale } = JSON.parse(t) as { rationale: { salt: string; value: unknown } };
      return JSON.stringify({ rationale: { value: rationale.value, salt: rationale.salt } });
    }),
    text('a member more in an opening', 4, (t) => t.replace('"value":', '"seen":true,"value":')),
    text('a salt in capitals', 4, (t) => t.replace('"salt":"a', '"salt":"A')),
    text('a salt too short', 4, (t) => t.replace('"salt":"aa', '"salt":"a')),
    text('no salt', 4, () => '{"rationale":{"value":1}}'),
    text('a character spelled otherwise', 4, (t) => t.replace('ë', '\\u00eb')),
    text('half a character', 4, (t) => t.replace('ë', '\ud800')),
    text('a name that no field has', 4, (t) => t.replace('"rationale"', '"Rationale"')),
    text('a name with an empty part', 4, (t) => t.replace('"rationale"', '"a..b"')),
    text('a value nested too deeply', 4, (t) =>
      t.replace('"Zoë asked for it"', `${'['.repeat(33)}${']'.repeat(33)}`),
    ),
    text('more than openings may hold', 4, (t) => t.replace('Zoë', 'x'.repeat(4_194_304))),
  ])('$name', expectBroken);
});

describe('openings and commitments', () => {
  it('a value and its commitment changed together break the chain', () =>
    expectBroken({
      name: '',
      tamper: (log) => {
        rowAt(log, 4)['openings'] = `{"rationale":{"salt":"${SALT}","value":"forged"}}`;
        editEntry(log, 4, (entry) => {
          entry['sealed'] = { rationale: commit(SALT, 'forged') };
        });
      },
      wantCode: 'link_mismatch',
      wantPosition: 4,
    }));

  it('each opening is checked and counted', async () => {
    const report = await verify(buildLog());
    expect(report).toMatchObject({ status: 'valid', openings: { checked: 9 } });
  });

  it('a source that withholds them checks none and says so', async () => {
    const log = buildLog();
    for (const row of log.entries) row['openings'] = '{}';
    const source = new MemorySource(tablesOf(log), { openings: 'withheld' });
    const report = await verifyTenant(source, 'acme');
    expect(report).toMatchObject({ status: 'valid', openings: { checked: 0 } });
    expect(report.notChecked.map(({ code }) => code)).toContain('openings_withheld');
  });

  it('a finding never repeats what was sealed', async () => {
    const log = buildLog();
    for (const row of log.entries) row['openings'] = String(row['openings']).replace('aaa', 'bbb');
    const report = await verify(log);
    expect(report.findingCodes).toEqual({ opening_mismatch: 6 });
    expect(JSON.stringify(report)).not.toMatch(/Zo|because/);
  });
});
