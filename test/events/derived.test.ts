import { createHash } from 'node:crypto';
import { batchDecided, decisionEditedApproved } from '@sealtrail/events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { treeRoot } from '../format/tree.ts';
import { user } from './samples.ts';

/** The leaf of an id, RFC 6962, 2.1. */
const leafOf = (id: string): string => createHash('sha256').update(`\0${id}`).digest('hex');

describe('batchDecided', () => {
  const decide = (proposals: string[]) =>
    batchDecided({ batch: 'b-1', actor: user, decision: 'approved', proposals });

  it('holds the number of proposals and the RFC 6962 root over their ids in ascending order', () => {
    for (const n of [1, 2, 3, 4, 5, 7, 8, 40, 100]) {
      const ids = Array.from({ length: n }, (_, i) => `p-${i}`);
      expect(decide(ids)).toStrictEqual({
        id: 'b-1:batch',
        type: 'batch.decided',
        actor: user,
        data: {
          batch: 'b-1',
          decision: 'approved',
          size: n,
          proposals_root: treeRoot([...ids].sort().map(leafOf)),
        },
      });
    }
  });

  it('depends on neither order nor repetition', () => {
    expect(decide(['p-10', 'p-9', 'p-10', 'p-1'])).toEqual(decide(['p-1', 'p-10', 'p-9']));
    expect(decide(['p-1', 'p-2']).data).not.toEqual(decide(['p-1', 'p-3']).data);
  });
});

type Step = { op: string; path: string; value?: unknown };

/** RFC 6902 for the three operations that a difference needs. */
function apply(document: unknown, steps: readonly Step[]): unknown {
  const root = structuredClone({ '': document }) as Record<string, unknown>;
  for (const { op, path, value } of steps) {
    const keys = path.split('/').map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = keys.pop() as string;
    let at = root;
    for (const key of keys) at = at[key] as Record<string, unknown>;
    if (op !== 'add') expect(Object.hasOwn(at, last)).toBe(true);
    if (Array.isArray(at) && op !== 'replace') {
      const index = last === '-' ? at.length : Number(last);
      if (op === 'add') at.splice(index, 0, value);
      else at.splice(index, 1);
    } else if (op === 'remove') delete at[last];
    else if (op === 'add' || op === 'replace') at[last] = structuredClone(value);
    else throw new Error(`unexpected operation ${op}`);
  }
  return root[''];
}

describe('decisionEditedApproved', () => {
  function edit(original: unknown, final: unknown): { steps: Step[]; changes: unknown; final: unknown } {
    const { data, sealed } = decisionEditedApproved({
      proposal: 'p',
      actor: user,
      targets: [],
      original,
      final,
    });
    return { steps: sealed?.['patch'] as Step[], changes: data?.['changes'], final: sealed?.['final_args'] };
  }

  it.each<[string, unknown, unknown]>([
    ['nothing', { a: 1 }, { a: 1 }],
    ['a member added, one removed, one replaced', { a: 1, b: 2 }, { b: 3, c: 4 }],
    ['a list cut at both ends', { to: ['a', 'b', 'c', 'd'] }, { to: ['b', 'c'] }],
    ['a list that grew', { to: ['a'] }, { to: ['x', 'a', 'y'] }],
    ['names with slashes and tildes', { 'a/b': 1, '~': { '~1': 2 } }, { 'a/b': 2, '~': { '~1': 3 } }],
    ['a member named like the arguments', { args: { args: 1 } }, { args: { args: 2 } }],
    ['the whole, by another kind of value', { a: 1 }, ['a']],
    ['the whole, from nothing', null, { a: 1 }],
    ['an empty name', { '': 1 }, { '': 2 }],
    ['null for a value', { a: { b: 1 } }, { a: null }],
  ])('keeps a patch that makes the final arguments of the original: %s', (_, original, final) => {
    const edited = edit(original, final);
    expect(apply(original, edited.steps)).toEqual(final);
    expect(edited.final).toEqual(final);
    expect(edited.changes).toBe(edited.steps.length);
  });

  it('does so for any two values', () => {
    const value = fc.jsonValue({ maxDepth: 4 });
    fc.assert(
      fc.property(value, value, (original, final) => {
        fc.pre(!JSON.stringify([original, final]).includes('"__proto__"'));
        const patched = apply(original, edit(original, final).steps);
        // JSON has one zero.
        expect(JSON.parse(JSON.stringify(patched))).toEqual(JSON.parse(JSON.stringify(final)));
      }),
      { numRuns: 500 },
    );
  });

  it('changes neither of its arguments', () => {
    const original = Object.freeze({ list: Object.freeze([1, 2]) });
    const final = Object.freeze({ list: Object.freeze([2]) });
    expect(edit(original, final).changes).toBeGreaterThan(0);
    expect([original, final]).toEqual([{ list: [1, 2] }, { list: [2] }]);
  });
});
