import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorCode, sealtrail } from '../cli/helpers/bins.ts';
import { entriesIn, expectValid, importFile, outline, sample } from './helpers.ts';

let dir: string;
let store: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sealtrail-import-'));
  store = join(dir, 'audit.db');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const conversation = (id: string, text: string, args: object = {}, callId = '1') => ({
  conversation: id,
  messages: [
    { role: 'assistant', content: text, tool_calls: [call(callId, args)] },
    { role: 'tool', tool_call_id: callId, content: 'saved' },
  ],
});
const call = (id: string, args: object) => ({
  id,
  function: { name: 'save_note', arguments: JSON.stringify(args) },
});

async function file(...lines: (object | string)[]): Promise<string> {
  const path = join(dir, 'conversations.jsonl');
  const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  await writeFile(path, texts.join('\n'));
  return path;
}

describe('importing again', () => {
  it.each(['crm-day', 'nasty', 'answers'])('adds nothing for %s, and says so', async (name) => {
    const first = await importFile(sample(name), store);
    const before = entriesIn(store);
    const second = await importFile(sample(name), store);
    expect(first.already_there).toBe(0);
    expect(second).toEqual({ ...first, already_there: first.entries });
    expect(entriesIn(store)).toEqual(before);
    await expectValid(store, first.entries);
  });

  it('adds what a longer recording has more', async () => {
    const path = await file(conversation('a', 'One.'));
    await importFile(path, store);
    const longer = conversation('a', 'One.');
    longer.messages.push(...conversation('a', 'Two.').messages);
    const summary = await importFile(await file(longer), store);
    expect([summary.entries, summary.already_there]).toEqual([4, 2]);
    await expectValid(store, 4);
  });
});

describe('a recording that begins with a byte order mark, or is in gzip', () => {
  it('is read as the one without', async () => {
    const path = await file(conversation('a', 'One.'), conversation('b', 'Two.'));
    const bytes = await readFile(path);
    const marked = Buffer.concat([Buffer.from('\ufeff'), bytes]);
    const first = await importFile(path, store);
    for (const other of [marked, gzipSync(bytes), gzipSync(marked)]) {
      await writeFile(path, other);
      expect(await importFile(path, store)).toEqual({ ...first, already_there: first.entries });
    }
    // Between lines it is no mark.
    await writeFile(path, Buffer.concat([bytes, Buffer.from('\n'), marked]));
    await expect(importFile(path, store)).rejects.toMatchObject({
      code: 'import_invalid',
      detail: { line: 3 },
    });
    await expectValid(store, first.entries);
  });

  it('and was cut is refused, after what could be unpacked', async () => {
    const path = await file(conversation('a', 'One.'));
    await writeFile(path, gzipSync(await readFile(path)).subarray(0, -9));
    await expect(importFile(path, store)).rejects.toMatchObject({
      code: 'import_invalid',
      message: 'the file is in gzip, and cut or damaged',
    });
  });
});

describe('a recording that is not there', () => {
  it('is refused before a store is made for it', async () => {
    const nothing = join(dir, 'nothing.jsonl');
    const done = await sealtrail(['import', nothing, '--store', store, '--tenant', 'acme', '--json']);
    expect([done.code, errorCode(done)]).toEqual([2, 'source_invalid']);
    expect(existsSync(store)).toBe(false);
  });
});

describe('a line that cannot be imported', () => {
  const good = [conversation('first', 'One.'), conversation('second', 'Two.')];

  it('in a file of samples: is named, and what came before it is kept', async () => {
    await expect(importFile(sample('broken-third-line'), store)).rejects.toMatchObject({
      code: 'import_invalid',
      message: expect.stringMatching(/^line 3: messages\.0\.role: /),
      detail: { line: 3 },
    });
    expect(outline(entriesIn(store), 'second')).toEqual([
      '0.0:created proposal.created',
      '0.0:execution execution.executed',
    ]);
    await expectValid(store, 4);
  });

  it('of bytes that are no text: is named, where a line ends is where its line feed is', async () => {
    const path = join(dir, 'conversations.jsonl');
    const good = JSON.stringify(conversation('good', 'one\u2028two')).replace(',', ',\r');
    await writeFile(path, Buffer.from(`${good}\n${JSON.stringify(conversation('bad', '\u00fc'))}\n`, 'utf8'));
    expect(await importFile(path, store)).toMatchObject({ conversations: 2, entries: 4 });
    expect(entriesIn(store)[0]?.values['rationale']).toBe('one\u2028two');
    await writeFile(path, Buffer.from(`\n${JSON.stringify(conversation('bad', '\u00fc'))}\n`, 'latin1'));
    await expect(importFile(path, store)).rejects.toMatchObject({
      code: 'import_invalid',
      message: 'line 2: is not UTF-8',
      detail: { line: 2 },
    });
    await expectValid(store, 4);
  });

  it.each<[string, object | string]>([
    ['no JSON', '{"conversation":'],
    ['no object', '[]'],
    ['no messages', { conversation: 'x' }],
    [
      'a call without function',
      { messages: [{ role: 'assistant', content: '', tool_calls: [{ id: '1' }] }] },
    ],
    ['a call id that no entry can hold', conversation('x', 'Text.', {}, 'a\u0007b')],
    ['an empty call id', conversation('x', 'Text.', {}, '')],
    ['a text that is larger than a sealed value', conversation('x', 'T'.repeat(1_048_577))],
    ['arguments that are nested too deep', conversation('x', 'Text.', nested(40))],
    ['a text that is no Unicode', conversation('x', 'half a pair: \ud83d')],
    ['other content under the id of an earlier conversation', conversation('first', 'Something else.')],
  ])('%s: is named, and what came before it is kept', async (_, bad) => {
    const path = await file(...good, '', bad);
    await expect(importFile(path, store)).rejects.toMatchObject({
      code: 'import_invalid',
      message: expect.stringMatching(/^line 4: /),
      detail: { line: 4 },
    });
    const entries = entriesIn(store);
    for (const { conversation } of good) expect(outline(entries, conversation)).toHaveLength(2);
    await expectValid(store, entries.length);
  });

  function nested(depth: number): object {
    return depth === 0 ? {} : { in: nested(depth - 1) };
  }
});

describe('names that every object has', () => {
  it('are counted like others, of tools and of members', async () => {
    const call = (id: string, name: string) => ({ id, function: { name, arguments: '{}' } });
    const names = ['toString', '__proto__', 'constructor', '__proto__'];
    const tool_calls = names.map((name, i) => call(`call_${i}`, name));
    const messages = JSON.stringify([{ role: 'assistant', content: 'Now.', tool_calls }]);
    const path = await file(`{"messages":${messages},"toString":1,"__proto__":2}`);
    const { tools, ignored_members, entries } = await importFile(path, store);
    expect(Object.entries(tools).map(([name, { calls }]) => [name, calls])).toEqual([
      ['toString', 1],
      ['__proto__', 2],
      ['constructor', 1],
    ]);
    expect(Object.entries(ignored_members)).toEqual([
      ['toString', 1],
      ['__proto__', 1],
    ]);
    await expectValid(store, entries);
  });
});

describe('large recordings', () => {
  it('keeps long texts whole, up to the limit of a sealed value', async () => {
    // Two bytes besides are its quotes.
    const text = 'x'.repeat(1_048_574);
    const path = await file(conversation('long', text, { note: 'y'.repeat(1_000_000) }));
    const { entries } = await importFile(path, store);
    expect(entriesIn(store)[0]?.values['rationale']).toBe(text);
    await expectValid(store, entries);
  });

  it('imports many large conversations, one after the other', async () => {
    const lines = Array.from({ length: 60 }, (_, i) => conversation(`c-${i}`, 'z'.repeat(600_000), { i }));
    const progress: [number, number][] = [];
    const summary = await importFile(await file(...lines), store, {
      onProgress: (conversations, calls) => progress.push([conversations, calls]),
    });
    expect(summary.entries).toBe(120);
    expect(progress.at(-1)).toEqual([60, 60]);
    await expectValid(store, 120);
  });
});

describe('sealtrail import', () => {
  const command = (path: string, ...flags: string[]) =>
    sealtrail(['import', path, '--store', store, '--tenant', 'acme', ...flags]);

  it('tells what became of the calls, and what it did not import', async () => {
    const ran = await command(sample('nasty'));
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout).toContain('9 conversations, 13 tool calls: 12 change data, 1 only look');
    expect(ran.stdout).toContain('2 calls with arguments that are not JSON');
    expect(ran.stdout).toContain('not imported: member "score", 1 times');
    expect(ran.stdout).toMatch(/^ {4}write {2}add_tag {2}3$/m);
    expect(ran.stdout).toMatch(/^ {4}read {3}get_contact {2}1$/m);
    await expectValid(store, entriesIn(store).length);
  });

  it('lets --writes and --reads overrule the names of tools, and --agent name the agent', async () => {
    const flags = [
      '--reads',
      'close_ticket, set_discount',
      '--writes',
      'find_contact',
      '--agent',
      'helper 7',
    ];
    const ran = await command(sample('crm-day'), '--json', ...flags);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      reads: 3,
      writes: 2,
      tools: {
        close_ticket: { taken_as: 'read' },
        set_discount: { taken_as: 'read' },
        find_contact: { taken_as: 'write' },
      },
    });
    expect(entriesIn(store)[0]).toMatchObject({ actor: { type: 'agent', id: 'helper 7' } });
    await expectValid(store, entriesIn(store).length);
  });

  it('exits with 2 and names the line, or the file that cannot be read', async () => {
    const [line, nowhere, folder] = await Promise.all([
      command(sample('broken-third-line')),
      sealtrail([
        'import',
        join(dir, 'nowhere.jsonl'),
        '--store',
        join(dir, 'b.db'),
        '--tenant',
        'b',
        '--json',
      ]),
      sealtrail(['import', dir, '--store', join(dir, 'c.db'), '--tenant', 'c']),
    ]);
    expect(line.stderr).toMatch(/^error import_invalid: line 3: .*\n$/);
    expect([line.code, nowhere.code, folder.code]).toEqual([2, 2, 2]);
    expect(errorCode(nowhere)).toBe('source_invalid');
    expect(folder.stderr).toMatch(/^error.*\n$/);
    await expectValid(store, 4);
  });
});
