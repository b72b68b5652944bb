import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCode, jsonLines, sealtrail, sealtrailVerify } from './helpers/bins.ts';
import { fill, row, tamper } from './helpers/stores.ts';

let dir: string;
const at = (name: string) => join(dir, name);
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sealtrail-append-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const lines = (...drafts: (object | string)[]) =>
  drafts.map((draft) => `${typeof draft === 'string' ? draft : JSON.stringify(draft)}\n`).join('');
const append = (store: string, stdin: string, tenant = 'acme') =>
  sealtrail(['append', store, '--tenant', tenant], stdin);
const day = fileURLToPath(new URL('../samples/crm-day.jsonl', import.meta.url));
const note = (n: number, text = `reason ${n}`) => ({
  id: `note-${n}`,
  type: 'note.made',
  actor: { type: 'agent', id: 'assistant' },
  targets: [{ type: 'contact', id: `c-${n}` }],
  sealed: { text },
});
const code = (answer: Record<string, unknown> | undefined) =>
  (answer?.['error'] as { code?: string } | undefined)?.code;

describe('sealtrail append', () => {
  it('answers each line with what was appended, in order, and leaves a valid log', async () => {
    const store = at('new.db');
    const drafts = Array.from({ length: 600 }, (_, i) => note(i + 1));
    const ran = await append(store, lines(...drafts));
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    const answers = jsonLines(ran.stdout);
    expect(answers.map(({ id }) => id)).toEqual(drafts.map(({ id }) => id));
    expect(answers.map(({ seq }) => seq)).toEqual(drafts.map((_, i) => i + 1));
    expect(answers[0]).toMatchObject({ tenant: 'acme', duplicate: false });
    expect(answers[599]?.['hash']).toBe(
      row<{ hash: string }>(store, 'SELECT hash FROM entries WHERE seq = 600').hash,
    );
    const verified = await sealtrailVerify([store]);
    expect(verified.stdout).toContain('chain valid: 601 entries walked, positions 0 to 600');
  });

  it('ends a line at a line feed and nowhere else, and refuses one that is not UTF-8', async () => {
    const store = at('bytes.db');
    const ran = await sealtrail(
      ['append', store, '--tenant', 'acme'],
      Buffer.concat([
        Buffer.from(lines(JSON.stringify(note(1, 'one\u2028two\u2029three')).replace(',', ',\r'))),
        Buffer.from(lines(JSON.stringify(note(2, 'caf\u00e9'))), 'latin1'),
        Buffer.from(JSON.stringify(note(3))),
      ]),
    );
    expect(ran.code).toBe(2);
    expect(jsonLines(ran.stdout)).toMatchObject([
      { id: 'note-1', seq: 1 },
      { error: { code: 'draft_invalid', message: 'the line is not UTF-8' } },
      { id: 'note-3', seq: 2 },
    ]);
    expect(
      row<{ entry: string }>(store, 'SELECT openings AS entry FROM entries WHERE seq = 1').entry,
    ).toContain('one\u2028two\u2029three');
    expect((await sealtrailVerify([store])).code).toBe(0);
  });

  it('adds nothing for an id that is there with the same content, and says so', async () => {
    const store = at('twice.db');
    await append(store, lines(note(1), note(2)));
    const ran = await append(store, lines(note(2), note(3), note(3)));
    expect(ran.code).toBe(0);
    expect(jsonLines(ran.stdout).map(({ seq, duplicate }) => [seq, duplicate])).toEqual([
      [2, true],
      [3, false],
      [3, true],
    ]);
  });

  it('refuses an id that is there with other content, keeps the first, and goes on', async () => {
    const store = at('conflict.db');
    await append(store, lines(note(1)));
    const ran = await append(store, lines(note(1, 'another reason'), note(2)));
    expect(ran.code).toBe(2);
    const [conflict, next] = jsonLines(ran.stdout);
    expect(code(conflict)).toBe('id_conflict');
    expect(next).toMatchObject({ seq: 2, duplicate: false });
    expect(row<{ openings: string }>(store, 'SELECT openings FROM entries WHERE seq = 1').openings).toContain(
      'reason 1',
    );
  });

  it('answers each refused line in its place and appends the others; exit code 2', async () => {
    const store = at('mixed.db');
    const good = { type: 'note.made', actor: { type: 'system', id: 'import' } };
    const ran = await append(
      store,
      lines(
        { ...good, id: 'n-1' },
        'not json',
        '["a","list"]',
        'null',
        { ...good, id: 'n-2', typo: 1 },
        { ...good, id: 'not a name' },
        { ...good, type: 'log.started' },
        { ...good, id: 'genesis' },
        { ...good, actor: { type: 'robot', id: 'r' } },
        { ...good, id: 'n-3', sealed: { 'No Name': 'x' } },
        { type: 'note.made' },
        '',
        { ...good, id: 'n-4', sealed: { text: 'x' } },
      ),
    );
    expect(ran.code).toBe(2);
    const answers = jsonLines(ran.stdout);
    expect(answers.map(({ seq }) => seq ?? '-').join('')).toBe('1----------2');
    for (const answer of answers.slice(1, 11)) expect(code(answer)).toBe('draft_invalid');
    expect((await sealtrailVerify([store])).code).toBe(0);
  });

  it('takes no entry for the logs of the operator, and none that only Sealtrail writes', async () => {
    const store = await fill(at('reserved.db'), { acme: { entries: 1 } });
    for (const tenant of ['~seals', '~access']) {
      const ran = await append(store, lines(note(1)), tenant);
      expect([ran.code, ran.stdout, ran.stderr]).toEqual([2, '', expect.stringContaining('the operator’s')]);
    }
    const types = ['log.sealed', 'log.erased', 'retention.set', 'hold.set', 'decision.approved'];
    const ran = await append(store, lines(...types.map((type) => ({ ...note(1), type })), note(1)));
    expect(jsonLines(ran.stdout).map((answer) => code(answer) ?? answer['seq'])).toEqual([
      ...types.map(() => 'draft_invalid'),
      2,
    ]);
    const args = ['import', day, '--store', store, '--json'];
    const imported = await sealtrail([...args, '--tenant', '~access']);
    expect([imported.code, imported.stdout]).toEqual([2, expect.stringContaining('the operator’s')]);
    expect((await sealtrail([...args, '--tenant', 'acme'])).code).toBe(0);
    const tenants = jsonLines((await sealtrail(['tenants', store, '--json'])).stdout);
    expect(tenants.map(({ tenant }) => tenant)).toEqual(['acme']);
    expect((await sealtrailVerify([store])).code).toBe(0);
  });

  it('makes up an id where none is given', async () => {
    const draft = { type: 'note.made', actor: { type: 'system', id: 'import' } };
    const answers = jsonLines((await append(at('ids.db'), lines(draft, draft))).stdout);
    expect(new Set(answers.map(({ id }) => id)).size).toBe(2);
    expect(answers.map(({ duplicate }) => duplicate)).toEqual([false, false]);
  });

  it('keeps the logs of two tenants apart', async () => {
    const store = at('two.db');
    await append(store, lines(note(1)), 'acme');
    const [other] = jsonLines((await append(store, lines(note(1, 'other')), 'beta')).stdout);
    expect(other).toMatchObject({ tenant: 'beta', seq: 1, duplicate: false });
  });

  it('takes large drafts in any number', async () => {
    const big = (n: number) => ({
      id: `big-${n}`,
      type: 'note.made',
      actor: { type: 'system', id: 'import' },
      sealed: { text: 'x'.repeat(900_000) },
    });
    const ran = await append(at('big.db'), lines(...Array.from({ length: 80 }, (_, n) => big(n))));
    expect(ran.code).toBe(0);
    expect(jsonLines(ran.stdout).at(-1)).toMatchObject({ id: 'big-79', seq: 80 });
  });

  it('appends nothing to a log that is broken at its end, and exits with 2 for the refused lines', async () => {
    const store = await fill(at('broken.db'), { acme: { entries: 3 } });
    tamper(store, 'DELETE FROM entries WHERE seq >= 2');
    const ran = await append(store, lines(note(9)));
    expect(ran.code).toBe(2);
    expect(code(jsonLines(ran.stdout)[0])).toBe('log_broken');
  });

  it('exits with 2 when the store cannot be opened', async () => {
    const ran = await append(dir, lines(note(1)));
    expect(ran.code).toBe(2);
    expect(errorCode(ran)).toMatch(/^(?:source_invalid|store_layout|store_unavailable)$/);
  });
});
