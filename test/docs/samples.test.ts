import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { givenFor } from './given.ts';
import { type Sample, samplesOf } from './samples.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Compiles samples as somebody would who has typed them off. @returns what the compiler says, by the lines of the documents */
async function problems(samples: readonly Sample[]): Promise<string[]> {
  // Below the tests, where all that the samples import is installed.
  await mkdir(join(root, 'test/dist'), { recursive: true });
  const folder = await mkdtemp(join(root, 'test/dist/samples-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [i, sample] of samples.entries()) {
    // What is given stands behind the sample, whose lines keep their numbers.
    await writeFile(join(folder, `${i}.ts`), `${sample.code}\nexport {};\n${givenFor(sample)}`);
  }
  const options = { target: 'es2023', lib: ['es2024'], module: 'nodenext', types: ['node'], strict: true };
  const config = { compilerOptions: { ...options, noEmit: true, skipLibCheck: true }, include: ['*.ts'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(root, 'node_modules/.bin/tsc');
  const { stdout } = await run(tsc, ['-p', folder, '--pretty', 'false']).catch((error) => error);
  return String(stdout)
    .split('\n')
    .filter((line) => /^\S/.test(line))
    .map((line) => {
      const [, path = '', at, what] = /^(\S+)\.ts\((\d+),\d+\): (.*)$/.exec(line) ?? [];
      const sample = samples[Number(basename(path))];
      return path === '' || sample === undefined
        ? line
        : `${sample.file}:${sample.line + Number(at)} ${what}`;
    });
}

describe('the samples of the documents', () => {
  it('compile as they stand', async () => {
    const samples = await samplesOf(root);
    expect(new Set(samples.map(({ file }) => file)).size).toBeGreaterThan(15);
    expect(await problems(samples)).toEqual([]);
  });

  it('are named by document and line when they do not', async () => {
    const sample = (await samplesOf(root)).find(({ file }) => file === 'docs/proposals.md') as Sample;
    const wrong = { ...sample, code: sample.code.replace('percent > 10', 'percnt > 10') };
    const found = await problems([wrong]);
    expect(found).toEqual([expect.stringMatching(/^docs\/proposals\.md:\d+ error TS\d+: .*'percnt'/)]);
    const line = Number(/:(\d+)/.exec(String(found))?.[1]);
    const text = await readFile(join(root, sample.file), 'utf8');
    expect(text.split('\n')[line - 1]).toContain('percent > 10');
  });
});
