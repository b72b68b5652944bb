import { type Entry, encodeEntry, erasedDraft, readErased, ZERO_HASH } from '@sealtrail/format';
import { describe, expect, it } from 'vitest';

const BY = { type: 'user', id: 'u-3', auth_method: 'sso' } as const;
const DATA = {
  erasure: 'request-8',
  basis: 'gdpr_art_17',
  about: 'record',
  reference: 'ab'.repeat(32),
  values: [{ fields: ['rationale'], at: [[3, 5] as [number, number]] }],
} as const;

/** The text of an account that is one of so many parts, at a position. */
function account(part: number, parts: number, seq = 9): string {
  const values = DATA.values.map(({ fields, at }) => ({ fields: [...fields], at: [...at] }));
  const { id, type, data } = erasedDraft(BY, { ...DATA, values, part: 0, parts: 1 });
  const entry = { id, type, data: { ...data, part, parts }, targets: [], sealed: {}, actor: BY };
  return encodeEntry({
    ...entry,
    v: 1,
    tenant: 'acme',
    seq,
    prev: ZERO_HASH,
    time: '2026-03-02T08:00:00.000Z',
  } as Entry);
}

describe('an account of an erasure', () => {
  it('is one of its parts, and about what stood before it', () => {
    expect(readErased(account(0, 1))).toMatchObject({ part: 0, parts: 1 });
    expect(readErased(account(2, 3))).toMatchObject({ part: 2, parts: 3 });
    for (const [part, parts] of [
      [1, 1],
      [5, 2],
      [0, 0],
    ] as const)
      expect(readErased(account(part, parts)), `${part} of ${parts}`).toBeUndefined();
    expect(readErased(account(0, 1, 5))).toBeUndefined();
  });
});
