import {
  canonicalize,
  type EntryContent,
  encodeEntry,
  entryTemplate,
  MAX_DEPTH,
  scanEntry,
} from '@sealtrail/format';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const PREV = 'ab'.repeat(32);
const TIME = '2026-03-02T08:12:04.117Z';

/** The rules as a reader applies them: encode all of it, then read it. */
function readsAsEntry(content: EntryContent): boolean {
  try {
    encodeEntry({ v: 1, seq: 7, prev: PREV, time: TIME, ...content });
    return true;
  } catch {
    return false;
  }
}

function templateOf(content: EntryContent): string | undefined {
  try {
    return entryTemplate(content).at(7, PREV, TIME);
  } catch {
    return undefined;
  }
}

const reference = fc.oneof(
  fc.constantFrom(
    'u-17',
    'Zoë',
    'a"b',
    'a\\b',
    '',
    'x\u0085',
    '\ud800',
    'é'.repeat(129),
    'x'.repeat(257),
    'ok',
  ),
  fc.string({ maxLength: 12 }),
);
const word = fc.constantFrom('deal', 'contact', 'Deal', '', 'a'.repeat(65), 'deal_2', '2deal');
const typed = fc.constantFrom('user', 'agent', 'system', 'api_token', 'robot', 7);
const actor = fc.oneof(
  fc.record({ type: typed, id: reference }, { requiredKeys: ['type', 'id'] }),
  fc.record(
    {
      type: typed,
      id: reference,
      role: reference,
      session_id: reference,
      auth_method: reference,
      agent_version: reference,
      model: reference,
      prompt_hash: fc.constantFrom(PREV, 'ab', PREV.toUpperCase()),
      on_behalf_of: fc.oneof(
        fc.record({ type: typed, id: reference }),
        fc.record({ type: typed, id: reference, name: reference }),
      ),
      more: reference,
    },
    { requiredKeys: [] },
  ),
  fc.constantFrom(null, [], 'agent'),
);
const target = fc.oneof(
  fc.record({ type: word, id: reference }),
  fc.record({ type: word, id: reference, name: reference }),
);
const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });
const content = fc.record({
  tenant: fc.constantFrom('acme', 'a b', '', 'ä', 'a'.repeat(129)),
  id: fc.constantFrom('e-1', 'e 1', '', 'p-1:decision', 'é'),
  type: fc.constantFrom(
    'proposal.created',
    'proposal',
    'a.b.c.d',
    'a.b.c.d.e',
    'Proposal.created',
    'a..b',
    `a.${'b'.repeat(63)}`,
  ),
  actor,
  targets: fc.oneof(fc.array(target, { maxLength: 3 }), fc.constantFrom({}, 'x')),
  data: fc.oneof(
    fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 3 })),
    fc.constantFrom([], 'text', null, deep(MAX_DEPTH - 1), deep(MAX_DEPTH), { text: 'ü'.repeat(33_000) }),
  ),
  sealed: fc.oneof(
    fc.dictionary(
      fc.constantFrom('reason', 'args.phone', 'Reason', 'a.b.c.d.e'),
      fc.constantFrom(PREV, 'ab'),
    ),
    fc.constantFrom([], null),
  ),
}) as unknown as fc.Arbitrary<EntryContent>;
/** Nearly all of these are entries. */
const good: EntryContent = {
  tenant: 'acme',
  id: 'e-1',
  type: 'proposal.created',
  actor: { type: 'agent', id: 'copilot' },
  targets: [{ type: 'deal', id: 'd-77' }],
  data: { confidence: 0.82 },
  sealed: { rationale: PREV },
};
const nearlyGood = fc
  .tuple(content, fc.constantFrom(...(Object.keys(good) as (keyof EntryContent)[])))
  .map(([other, member]) => ({ ...good, [member]: other[member] }));

describe('an entry that is checked before its place is known', () => {
  it('is taken exactly when what it becomes is an entry, and becomes the same text', () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof(nearlyGood, content), (one) => {
        const text = templateOf(one);
        expect(text !== undefined).toBe(readsAsEntry(one));
        if (text === undefined) return;
        taken++;
        expect(text).toBe(canonicalize({ v: 1, seq: 7, prev: PREV, time: TIME, ...one }));
        expect(scanEntry(text).seq).toBe(7);
      }),
      { numRuns: 5_000 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});
