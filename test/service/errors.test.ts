import { readFile } from 'node:fs/promises';
import { type ErrorCode, SealtrailError } from '@sealtrail/format';
import { expect, it } from 'vitest';
import { refusalOf } from '../../packages/service/src/http/errors.ts';

/** What is said of a log, a token or a request. All others are trouble on the service's side. */
const ANSWERS: Readonly<Record<number, readonly ErrorCode[]>> = {
  400: ['request_invalid', 'query_invalid', 'cursor_invalid'],
  401: ['unauthenticated', 'token_expired', 'token_revoked'],
  403: ['forbidden', 'header_missing'],
  404: ['not_found', 'proposal_unknown'],
  409: ['verification_running', 'not_sealed'],
  410: ['pruned'],
  413: ['request_too_large'],
  415: ['media_type_refused'],
  429: ['request_too_many', 'service_busy'],
};

it('every code of the closed list has a status on purpose', async () => {
  const source = new URL('../../packages/format/src/errors.ts', import.meta.url);
  const codes = [...(await readFile(source, 'utf8')).matchAll(/^ {2}\| '(\w+)'/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(60);
  const found: Record<number, unknown[]> = {};
  for (const code of codes) {
    const { status, body } = refusalOf(new SealtrailError(code as ErrorCode, 'a message'));
    expect(body.error.code).toBe(code);
    if (status !== 500) found[status] = [...(found[status] ?? []), code].sort();
  }
  const sorted = Object.entries(ANSWERS).map(([status, some]) => [status, [...some].sort()]);
  expect(found).toEqual(Object.fromEntries(sorted));
});
