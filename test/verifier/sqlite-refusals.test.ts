import { isSealtrailError } from '@sealtrail/format';
import { expect, it } from 'vitest';
import { read } from '../../packages/verifier/src/readers/sqlite-statements.ts';

/** As the driver fails: with SQLite's name for the code, or without one where it has none. */
function failing(code: string, rawCode: number): () => never {
  return () => {
    throw Object.assign(new Error('attempt to write a readonly database'), { code, rawCode });
  };
}

function refusal(answer: () => never): { readonly code: string; readonly message: string } {
  try {
    read(answer);
  } catch (error) {
    if (isSealtrailError(error)) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

it.each([
  ['SQLITE_READONLY', 8],
  ['SQLITE_READONLY_CANTINIT', 1288],
  ['UNKNOWN_SQLITE_ERROR_1544', 1544],
])('a folder that cannot be written is told as such: %s', (code, rawCode) => {
  const { code: told, message } = refusal(failing(code, rawCode));
  expect(told).toBe('store_unavailable');
  expect(message).toContain('must be able to write to its folder');
});

it('a code of SQLite that the driver has no name for is no fault of ours', () => {
  expect(refusal(failing('UNKNOWN_SQLITE_ERROR_8714', 8714)).code).toBe('store_unavailable');
});
