import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const WHOLE_FILE = new URL('../../packages/cli/dist/export/whole-file.js', import.meta.url);

// Ctrl-C, a service manager, and a terminal that is closed.
it.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'a file under way goes when %s ends its process',
  async (signal) => {
    const dir = await mkdtemp(join(tmpdir(), 'sealtrail-interrupted-'));
    onTestFinished(() => rm(dir, { recursive: true }));
    await writeFile(join(dir, 'log.jsonl'), 'older');
    const script = `
      const { writeWholeFile } = await import(process.argv[1]);
      await writeWholeFile(process.argv[2], async (write) => {
        await write('sealed values');
        console.log('under way');
        await new Promise((resume) => setTimeout(resume, 60_000));
      });`;
    const args = ['--input-type=module', '-e', script, fileURLToPath(WHOLE_FILE), join(dir, 'log.jsonl')];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    await expect.poll(() => readdir(dir)).toHaveLength(2);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([null, signal]);
    expect(await readdir(dir)).toEqual(['log.jsonl']);
  },
);
