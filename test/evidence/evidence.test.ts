import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type EntryProof, type HistoryProof, SALT_BYTES } from '@sealtrail/format';
import { type EvidenceOptions, Log, proveEntry, proveHistory, writeEvidence } from '@sealtrail/store';
import { kindOf, readEvidence, verifyEvidence } from '@sealtrail/verifier';
import { describe, expect, it, onTestFinished } from 'vitest';
import { World } from '../publisher/world.ts';
import { codeOf } from '../support/errors.ts';
import { newSqlitePlace } from '../support/places.ts';

const RECORD = { type: 'deal', id: 'd-77' };
const SYSTEM = { type: 'system', id: 'crm' } as const;

interface Made {
  readonly world: World;
  readonly file: string;
  readonly proof: EntryProof | HistoryProof;
}

async function make(kind: 'history' | 'entry', options: EvidenceOptions = {}): Promise<Made> {
  const world = await World.open(newSqlitePlace);
  onTestFinished(() => world.expectSound());
  for (let i = 0; i < 3; i++) await world.seal();
  await world.publisher().publish();
  const made =
    kind === 'history'
      ? await proveHistory(world.store, 'acme', RECORD)
      : await proveEntry(world.store, 'acme', 4);
  const proof = await world.log().complete(made);
  const file = join(world.place.folder, 'evidence.gz');
  await writeEvidence(world.store, proof, createWriteStream(file), options);
  return { world, file, proof };
}

const linesOf = async (file: string) =>
  gunzipSync(await readFile(file))
    .toString()
    .trimEnd()
    .split('\n');

/** The outcome of a file made of other lines: the verdict, or the code of its refusal. */
async function outcomeOf({ world, file }: Made, lines: readonly string[]): Promise<string> {
  const changed = `${file}.changed`;
  await writeFile(changed, gzipSync(lines.map((line) => `${line}\n`).join('')));
  try {
    return verifyEvidence(await readEvidence(changed), { policy: world.policy }).status;
  } catch (error) {
    return String(Object(error).code);
  }
}

describe('an evidence bundle', () => {
  it.each(['history', 'entry'] as const)(
    'of a %s is verified alone, with what it discloses',
    async (kind) => {
      const { world, file, proof } = await make(kind, { disclose: ['rationale'] });
      expect(kindOf(file)).toBe('evidence');
      const evidence = await readEvidence(file);
      expect(evidence.proof).toEqual(proof);
      const report = verifyEvidence(evidence, { policy: world.policy });
      expect([report.status, report.kind, report.tenant]).toEqual(['valid', kind, 'acme']);
      expect(report.disclosed).toBe(kind === 'history' ? 9 : 1);
      expect(report.checkpoint?.size).toBeGreaterThan(0);
      const text = (await linesOf(file)).join('\n');
      expect(text).toContain('because of d-');
      expect(text).not.toContain('Zoë asked');
      expect(evidence.summary.join('\n')).toContain(
        kind === 'history' ? 'All 9 entries about deal d-77' : 'Entry 4 of the log',
      );
      await world.expectSound();
    },
  );

  it('discloses nothing unless asked, everything when asked for all', async () => {
    const withheld = await make('history');
    expect((await linesOf(withheld.file)).join('\n')).not.toContain('because of');
    expect(verifyEvidence(await readEvidence(withheld.file)).disclosed).toBe(0);
    const all = await make('history', { disclose: 'all' });
    expect(verifyEvidence(await readEvidence(all.file)).disclosed).toBe(18);
    await all.world.expectSound();
  });

  it('discloses values that nest as deep as values may, and is broken with deeper ones', async () => {
    const made = await make('history');
    const nested = (depth: number): unknown[] => (depth === 1 ? [] : [nested(depth - 1)]);
    const { world, file } = made;
    const log = new Log(world.store);
    await log.append('acme', {
      type: 'note.added',
      actor: SYSTEM,
      targets: [RECORD],
      sealed: { deep: nested(32) },
    });
    await log.close();
    await world.seal();
    await world.publisher().publish();
    const proof = await world.log().complete(await proveHistory(world.store, 'acme', RECORD));
    await writeEvidence(world.store, proof, createWriteStream(file), { disclose: ['deep'] });
    const evidence = await readEvidence(file);
    const report = verifyEvidence(evidence);
    expect([report.status, report.disclosed]).toEqual(['valid', 1]);
    expect([...evidence.openings.values()][0]).toContain(JSON.stringify(nested(32)));
    const lines = await linesOf(file);
    expect(await outcomeOf(made, lines)).toBe('valid');
    const outcomes = new Set<string>();
    for (let more = 1; more < 12; more++) {
      const deeper = lines.map((line) => line.replace('[]]', `${JSON.stringify(nested(1 + more))}]`));
      expect(deeper).not.toEqual(lines);
      outcomes.add(await outcomeOf(made, deeper));
    }
    expect([...outcomes]).toEqual(['broken', 'bundle_malformed']);
    await world.expectSound();
  });

  it('discloses a member that is named as the prototype of objects, and no other one in its place', async () => {
    const made = await make('history');
    const { world, file } = made;
    const value = JSON.parse('{"__proto__":{"amount":1},"a":[{"__proto__":2}]}');
    const log = new Log(world.store);
    await log.append('acme', {
      type: 'note.added',
      actor: SYSTEM,
      targets: [RECORD],
      sealed: { odd: value },
    });
    await log.close();
    await world.seal();
    await world.publisher().publish();
    const proof = await world.log().complete(await proveHistory(world.store, 'acme', RECORD));
    await writeEvidence(world.store, proof, createWriteStream(file), { disclose: ['odd'] });
    const evidence = await readEvidence(file);
    const report = verifyEvidence(evidence);
    expect([report.status, report.disclosed]).toEqual(['valid', 1]);
    expect([...evidence.openings.values()][0]).toContain(JSON.stringify(value));
    const lines = await linesOf(file);
    const changed = (from: string, to: string) => lines.map((line) => line.replace(from, to));
    expect(await outcomeOf(made, lines)).toBe('valid');
    expect(await outcomeOf(made, changed('{"amount":1}', '{"amount":2}'))).toBe('broken');
    expect(await outcomeOf(made, changed('"__proto__":{"amount":1},', ''))).toBe('broken');
    expect(await outcomeOf(made, changed('"openings":{', '"openings":{"__proto__":1,'))).toBe('broken');
    await world.expectSound();
  });

  it('is the same file uncompressed', async () => {
    const { world, file } = await make('history', { disclose: 'all' });
    const plain = `${file}.jsonl`;
    await writeFile(plain, `${(await linesOf(file)).join('\n')}\n`);
    expect(kindOf(plain)).toBe('evidence');
    expect(verifyEvidence(await readEvidence(plain), { policy: world.policy }).status).toBe('valid');
  });

  it('is broken with any value, entry, anchor or signature changed, and refused with a line gone, doubled or moved', async () => {
    const made = await make('history', { disclose: 'all' });
    const lines = await linesOf(made.file);
    expect(await outcomeOf(made, lines)).toBe('valid');
    const outcomes: [string, string][] = [];
    const note = async (what: string, changed: readonly string[]) => {
      outcomes.push([what, await outcomeOf(made, changed)]);
    };
    for (const [i, line] of lines.entries()) {
      const kind = Object.keys(JSON.parse(line) as object)[0] as string;
      await note(`without ${kind}`, lines.toSpliced(i, 1));
      await note(`${kind} twice`, lines.toSpliced(i, 0, line));
      if (i > 0) await note(`${kind} first`, [line, ...lines.toSpliced(i, 1)]);
      // One hex digit of a hash or salt, or one letter of a text.
      const at = line.search(/[0-9a-f]{64}|because of|[A-Za-z0-9+/]{43}=/);
      if (at === -1 || kind === 'summary') continue;
      const other = line[at] === 'a' ? 'b' : 'a';
      await note(`${kind} changed`, lines.with(i, line.slice(0, at) + other + line.slice(at + 1)));
    }
    expect(outcomes.length).toBeGreaterThan(40);
    const harmless = outcomes.filter(([, outcome]) => outcome === 'valid');
    expect(harmless).toEqual([]);
    for (const [, outcome] of outcomes) {
      expect(outcome).toMatch(/^(valid|broken|bundle_malformed|bundle_truncated)$/);
    }
  });

  it('is broken when a disclosed value is another one, and when it is of a field that was never sealed', async () => {
    const made = await make('entry', { disclose: ['rationale'] });
    const lines = await linesOf(made.file);
    const at = lines.findIndex((line) => line.startsWith('{"entry":'));
    const line = lines[at] as string;
    const lie = line.replace('because of', 'in spite of');
    expect(await outcomeOf(made, lines.with(at, lie))).toBe('broken');
    expect(
      await outcomeOf(made, lines.with(at, line.replace('"rationale":{"salt"', '"reason":{"salt"'))),
    ).toBe('broken');
    const salt = /"salt":"([0-9a-f]+)"/.exec(line)?.[1] as string;
    expect(salt).toHaveLength(SALT_BYTES * 2);
    expect(await outcomeOf(made, lines.with(at, line.replace(salt, '0'.repeat(32))))).toBe('broken');
    expect(await outcomeOf(made, lines.with(at, line.replace(salt, 'short')))).toBe('broken');
  });

  it('of one tenant or record is none of another', async () => {
    const made = await make('history');
    const lines = await linesOf(made.file);
    const header = lines[0] as string;
    expect(await outcomeOf(made, lines.with(0, header.replace('"acme"', '"beta"')))).toBe('broken');
    expect(await outcomeOf(made, lines.with(0, header.replace('d-77', 'd-78')))).toBe('broken');
    const entry = await make('entry');
    const own = await linesOf(entry.file);
    expect(await outcomeOf(entry, own.with(0, (own[0] as string).replace('"acme"', '"beta"')))).toBe(
      'broken',
    );
  });

  it('is refused cut off anywhere, compressed or not, and with lines of no kind', async () => {
    const made = await make('entry');
    const bytes = await readFile(made.file);
    const cut = `${made.file}.cut`;
    for (let length = 20; length < bytes.length; length += 97) {
      await writeFile(cut, bytes.subarray(0, length));
      expect(await codeOf(readEvidence(cut))).toMatch(/^bundle_(truncated|malformed)$/);
    }
    const lines = await linesOf(made.file);
    for (let i = 0; i < lines.length; i++) {
      expect(await outcomeOf(made, lines.slice(0, i))).toMatch(/^bundle_(truncated|malformed)$/);
    }
    for (const bad of [
      '',
      '{}',
      '[]',
      'null',
      '{"end":{}}',
      '{"entry":{"text":"","more":1}}',
      '{ "evidence": 1 }',
      '"x"',
    ]) {
      expect(await outcomeOf(made, [bad, ...lines])).toBe('bundle_malformed');
      expect(await outcomeOf(made, [...lines, bad])).toBe('bundle_malformed');
    }
  });

  it('that unpacks to a line of many megabytes is refused before it is in memory', async () => {
    const made = await make('entry');
    const file = `${made.file}.bomb`;
    await writeFile(file, gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x78)));
    const before = process.memoryUsage().rss;
    expect(await codeOf(readEvidence(file))).toBe('bundle_malformed');
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024);
  });

  it('does not lead to a checkpoint of somebody else, nor to none when one is asked for', async () => {
    const made = await make('history');
    const stranger = await World.open(newSqlitePlace);
    const evidence = await readEvidence(made.file);
    expect(verifyEvidence(evidence, { policy: stranger.policy }).status).toBe('broken');
    const { checkpoint, ...proof } = evidence.proof as HistoryProof;
    expect(checkpoint).toBeDefined();
    expect(verifyEvidence({ ...evidence, proof }, { policy: made.world.policy }).status).toBe('broken');
    expect(verifyEvidence({ ...evidence, proof }).status).toBe('valid');
  });
});
