import { describe, expect, it } from 'vitest';
import { OUTCOMES, parseFilter, textOf } from '../../packages/console/src/log/filter.ts';
import { badgesOf } from '../../packages/console/src/log/row-state.ts';

describe('qualifiers', () => {
  it('become the parameters of the service', () => {
    const text =
      'agent:sales-assistant record:contact/c/104 actor:user/u-17 confidence:0.3..0.6 action:"set discount" since:2026-11-01';
    expect(parseFilter(text)).toMatchObject({
      ok: true,
      parameters: {
        agent: 'sales-assistant',
        'record.type': 'contact',
        'record.id': 'c/104',
        'actor.type': 'user',
        'actor.id': 'u-17',
        'confidence.min': '0.3',
        'confidence.max': '0.6',
        action: 'set discount',
        since: '2026-11-01T00:00:00.000Z',
      },
    });
  });

  it.each([
    ['words', 'is not a qualifier'],
    ['colour:red', 'is not a qualifier'],
    ['record:contact', 'record:contact/c-104'],
    ['confidence:high', 'confidence:<=0.5'],
    // The service includes both ends; what says otherwise is not taken.
    ['confidence:<0.5', 'confidence:<=0.5'],
    ['outcome:nope', 'one of approved, edited'],
    ['type:NOPE', 'type:decision.approved'],
    ['actor:robot/r-1', 'one of '],
    ['record:Contact/c-1', 'record:contact/c-104'],
    ['trace:', 'a value is missing'],
    ['agent:""', 'a value is missing'],
    ['since:yesterday', 'since:2026-11-01'],
    // Not of which zone, no day of the calendar, no day at all.
    ['since:2026-11-01T14:30', 'in UTC'],
    ['since:2026-02-30', 'in UTC'],
    ['until:1', 'in UTC'],
    ['position:-1', 'position:4711'],
    ['position:9..3', 'position:4711'],
    ['agent:a agent:b', 'twice'],
    ['confidence:<=0.5 confidence:<=0.6', 'twice'],
  ])('%s is refused with what would be right', (text, problem) => {
    expect(parseFilter(text)).toMatchObject({ ok: false, problem: expect.stringContaining(problem) });
  });

  it('name positions and moments', () => {
    expect(parseFilter('position:4711')).toMatchObject({ parameters: { from: '4711', to: '4711' } });
    expect(
      parseFilter('position:3..09 since:2026-11-01T14:30Z until:2026-11-01T14:30:05.250Z'),
    ).toMatchObject({
      parameters: {
        from: '3',
        to: '9',
        since: '2026-11-01T14:30:00.000Z',
        until: '2026-11-01T14:30:05.250Z',
      },
    });
  });

  it('take every outcome that there is', () => {
    for (const outcome of OUTCOMES) expect(parseFilter(`outcome:${outcome}`)).toMatchObject({ ok: true });
    expect(parseFilter('type:decision.edited_approved')).toMatchObject({ ok: true });
  });

  it('are written as they are read', () => {
    const text = 'agent:a action:"set discount" confidence:<=0.5';
    const parsed = parseFilter(text);
    expect(parsed.ok && textOf(parsed.qualifiers)).toBe(text);
  });

  it.each(['say "hi"', '"', '""', 'a"b', '"a b" c', 'tab\there', 'agent:b', 'a\\"b'])(
    'hold any value that an entry may have: %s',
    (value) => {
      const text = textOf([
        { name: 'agent', value },
        { name: 'action', value: 'x' },
      ]);
      expect(parseFilter(text)).toMatchObject({ ok: true, parameters: { agent: value, action: 'x' } });
    },
  );
});

describe('the state of a row', () => {
  const report = {
    tenant: 'acme',
    status: 'valid',
    walked: 10,
    range: { from: 0, to: 9 },
    position: null,
    summary: '',
    findings: [],
    findingCount: 0,
    findingCodes: {},
    last: null,
    anchors: { checked: 1, through: 7 },
    unanchored: null,
    openings: { checked: 0, erased: 0, unfinished: 0 },
    pruned: null,
    notChecked: [],
  } as const;
  const finding = { code: 'hash_mismatch', position: 4, message: '' } as const;
  const broken = { ...report, status: 'broken', position: 4, findings: [finding], findingCount: 1 } as const;
  const words = (seq: number, reports: Parameters<typeof badgesOf>[1], missing: string[] = []) =>
    badgesOf({ seq, missing }, reports, 8).map((one) => one.words);

  it('is not checked without a check, nor beyond what a check walked', () => {
    expect(words(3, [])).toEqual(['not checked']);
    expect(words(10, [report])).toEqual(['not checked', 'pending']);
  });

  it('is verified, pending, erased', () => {
    expect(words(3, [report])).toEqual(['verified']);
    expect(words(8, [report])).toEqual(['verified', 'pending']);
    expect(words(3, [report], ['args'])).toEqual(['verified', 'erased, accounted for']);
  });

  it('with a value gone says no more than what a check found out', () => {
    const gone = (...reports: Parameters<typeof badgesOf>[1]) => words(3, reports, ['args']).at(-1);
    expect(gone()).toBe('value gone');
    const withheld = { code: 'openings_withheld', message: '' } as const;
    expect(gone({ ...report, notChecked: [withheld] })).toBe('value gone');
    expect(gone({ ...report, range: { from: 4, to: 9 } })).toBe('value gone');
    // Broken elsewhere: what else is wrong need not be listed.
    expect(gone(broken)).toBe('value gone');
    const lost = { code: 'opening_missing', position: 3, message: '' } as const;
    expect(gone(report, { ...broken, position: 3, findings: [lost] })).toBe('gone, unaccounted for');
  });

  it('is broken as soon as one of two checks says so', () => {
    expect([3, 4, 5].map((seq) => words(seq, [report, broken])[0])).toEqual([
      'verified',
      'broken',
      'after a break',
    ]);
  });
});
