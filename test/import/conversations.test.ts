import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImportSummary } from '@sealtrail/cli/import';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entriesIn, expectValid, type Imported, importFile, outline, sample, textsOf } from './helpers.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sealtrail-import-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

function imported(name: string): () => { store: string; summary: ImportSummary; entries: Imported[] } {
  let result: { store: string; summary: ImportSummary; entries: Imported[] };
  beforeAll(async () => {
    const store = join(dir, `${name}.db`);
    const summary = await importFile(sample(name), store);
    result = { store, summary, entries: entriesIn(store) };
  });
  return () => result;
}

describe('a day in a CRM', () => {
  const day = imported('crm-day');
  const find = (id: string) => day().entries.find((entry) => entry.id === id) as Imported;

  it('records each call as entries in the order of the conversation', () => {
    const { entries } = day();
    expect(outline(entries, 'phone-change')).toEqual([
      '2.0:execution execution.executed',
      '6.0:created proposal.created',
      '6.0:decision decision.approved',
      '6.0:execution execution.executed',
    ]);
    expect(outline(entries, 'refund-refused')).toEqual([
      '3.0:created proposal.created',
      '3.0:decision decision.rejected',
      '3.0:execution execution.failed',
    ]);
    expect(outline(entries, 'discount-unclear')).toEqual([
      '3.0:created proposal.created',
      '3.0:execution execution.failed',
      '3.1:execution execution.executed',
    ]);
    expect(entries).toHaveLength(10);
  });

  it('takes the rationale from what the agent said last, the decision from what the user answered', () => {
    expect(find('phone-change:6.0:created')).toMatchObject({
      actor: { type: 'agent', id: 'recorded' },
      targets: [{ type: 'contact', id: 'c-104' }],
      data: {
        proposal: 'phone-change:6.0',
        action: 'update_contact',
        tool_call_id: 'call_2',
        conversation_id: 'phone-change',
        confidence: null,
      },
      values: {
        args: { contact_id: 'c-104', phone: '555-0142' },
        rationale: 'I found Ines Okafor. Shall I change the phone from 555-0100 to 555-0142?',
      },
    });
    expect(find('phone-change:6.0:decision')).toMatchObject({
      actor: { type: 'user', id: 'conversation:phone-change', auth_method: 'recorded_conversation' },
      data: { proposal: 'phone-change:6.0', mode: 'individual', channel: 'conversation' },
      values: { reason: 'Yes, please do.' },
    });
    // What was said with the call is nearer than what was said before it.
    expect(find('refund-refused:3.0:created').values['rationale']).toBe(
      'Understood, I only close the ticket.',
    );
  });

  it('says of each execution whether it was approved', () => {
    const approvals = day().entries.flatMap(({ id, data }) =>
      'approval' in data ? [[id, data['approval']]] : [],
    );
    expect(approvals).toEqual([
      ['phone-change:2.0:execution', 'not_required'],
      ['phone-change:6.0:execution', 'decided'],
      ['refund-refused:3.0:execution', 'not_recorded'],
      ['discount-unclear:3.0:execution', 'not_recorded'],
      ['discount-unclear:3.1:execution', 'not_required'],
    ]);
    expect(find('discount-unclear:3.0:execution').values['result']).toBe('{"error": "limit exceeded"}');
  });

  it('counts what it found', () => {
    expect(day().summary).toEqual({
      conversations: 3,
      tool_calls: 5,
      reads: 2,
      writes: 3,
      approved: 1,
      rejected: 1,
      undecided: 1,
      executed: 3,
      failed: 2,
      without_result: 0,
      unreadable_arguments: 0,
      entries: 10,
      already_there: 0,
      tools: {
        find_contact: { taken_as: 'read', calls: 1 },
        update_contact: { taken_as: 'write', calls: 1 },
        close_ticket: { taken_as: 'write', calls: 1 },
        set_discount: { taken_as: 'write', calls: 1 },
        get_deal: { taken_as: 'read', calls: 1 },
      },
      ignored_members: {},
    });
  });

  it('leaves a valid log', () => expectValid(day().store, 10));
});

describe('recordings that are not as one would like them', () => {
  const nasty = imported('nasty');
  const results = (conversation: string) =>
    nasty().entries.flatMap(({ id, values, type }) =>
      id.startsWith(`${conversation}:`) && type.startsWith('execution') ? [values['result']] : [],
    );

  it('repeated call ids: each call is recorded, with the result that answers it in order', () => {
    expect(results('same-ids')).toEqual(['first', 'second', 'third']);
    expect(outline(nasty().entries, 'same-ids').filter((line) => line.endsWith('created'))).toHaveLength(3);
  });

  it('missing results: what was asked for is a proposal, and nothing was executed', () => {
    expect(outline(nasty().entries, 'no-results')).toEqual([
      '0.0:created proposal.created',
      '0.1:created proposal.created',
    ]);
    expect(nasty().summary.without_result).toBe(2);
  });

  it('text in parts is read as text, of the agent, the user and the tool', () => {
    const [proposed, decided, executed] = nasty().entries.filter(({ id }) => id.startsWith('parts:'));
    expect(proposed?.values['rationale']).toBe('I would move it to won.\nFine with you?');
    expect([decided?.type, decided?.values['reason']]).toEqual(['decision.approved', 'sounds good']);
    expect(executed?.values['result']).toBe('moved');
  });

  it('members that it does not know are counted and left out', () => {
    expect(nasty().summary.ignored_members).toEqual({ score: 1, tags: 1 });
  });

  it('arguments that are not JSON are kept as they are, sealed; only identifiers become targets', () => {
    const proposed = nasty().entries.filter(({ id }) => /^odd-arguments:.*created$/.test(id));
    expect(proposed.map(({ values }) => values['args'])).toEqual([
      { unreadable: '{"contact_id": "c-8", "text": "cut of' },
      [1, 2],
      { unreadable: '' },
      { contact_id: '', deal_id: null, note_id: 'Łódź', Deal_id: 'x', account_id: 7, id: 'y' },
    ]);
    expect(proposed.map(({ targets }) => targets)).toEqual([[], [], [], [{ type: 'account', id: '7' }]]);
    expect(nasty().summary.unreadable_arguments).toBe(2);
  });

  it('a conversation id that is no name, too long or absent is replaced by a hash, and is nowhere in the log', () => {
    const notes = nasty().entries.filter(
      ({ data, type }) => data['action'] === 'save_note' && type === 'proposal.created',
    );
    expect(notes).toHaveLength(3);
    for (const { id } of notes) expect(id).toMatch(/^[0-9a-f]{32}:0\.0:created$/);
    expect(new Set(notes.map(({ id }) => id)).size).toBe(3);
    expect(
      nasty()
        .entries.map(({ text }) => text)
        .join(),
    ).not.toMatch(/quist|cccccc/i);
  });

  it('leaves a valid log', () => expectValid(nasty().store, nasty().summary.entries));
});

describe('answers', () => {
  const answers = imported('answers');

  it.each([
    ['yes', 'approved'],
    ['go', 'approved'],
    ['mixed', 'approved'],
    ['no', 'rejected'],
    ['dont', 'rejected'],
    ['never', 'rejected'],
    ['not-confirmed', undefined],
    ['question', undefined],
    ['nothing', undefined],
    ['number', undefined],
    ['inside-a-word', undefined],
    ['nobody-asked', undefined],
    ['nobody-answered', undefined],
  ])('%s: %s', (conversation, decision) => {
    const own = answers().entries.filter(({ id }) => id.startsWith(`${conversation}:`));
    const types = own.map(({ type }) => type);
    const decided = decision === undefined ? [] : [`decision.${decision}`];
    expect(types).toEqual(['proposal.created', ...decided, 'execution.executed']);
    expect(own.at(-1)?.data['approval']).toBe(decision === 'approved' ? 'decided' : 'not_recorded');
  });

  it('leaves a valid log', () => expectValid(answers().store, answers().summary.entries));
});

describe('what is sealed', () => {
  it.each(['crm-day', 'nasty', 'answers'])(
    'no text, argument or result of %s stands outside of it',
    async (name) => {
      const store = join(dir, `sealed-${name}.db`);
      const { entries: n } = await importFile(sample(name), store);
      const entries = entriesIn(store);
      const outside = entries.map(({ text }) => text).join('\n');
      const texts = await textsOf(name);
      expect(texts.length).toBeGreaterThan(10);
      for (const text of texts) expect(outside).not.toContain(JSON.stringify(text).slice(1, -1));
      for (const { type, values } of entries) {
        const fields = {
          proposal: ['args', 'rationale'],
          decision: ['reason'],
          execution: ['args', 'result'],
        };
        expect(Object.keys(values).sort()).toEqual(fields[type.split('.')[0] as keyof typeof fields]);
      }
      await expectValid(store, n);
    },
  );
});
