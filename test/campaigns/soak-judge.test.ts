import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Notes } from './lib/soak/notes.mjs';
import { grown, trends } from './lib/soak/verdict.mjs';
import type { Window } from './lib/soak/windows.mjs';

/** Windows of one run, each from what changes in it. */
function windows(count: number, change: (i: number) => Partial<Window> & { ms?: number }, run = 0): Window[] {
  return Array.from({ length: count }, (_, i) => {
    const { ms = 2, ...rest } = change(i);
    return {
      run,
      heapMb: 30,
      rssMb: 150,
      workerRssMb: undefined,
      latency: { append: { n: 100, p50: ms, p99: ms * 3 } },
      ...rest,
    };
  });
}
const told = (all: readonly Window[]) => grown(trends(all)).map((line) => line.split(/[,:]/, 1)[0]);

describe('what is called flat', () => {
  it('is what stays, and what swings without growing', () => {
    expect(told(windows(30, () => ({})))).toEqual([]);
    expect(told(windows(30, (i) => ({ heapMb: i % 2 === 0 ? 20 : 45, ms: i % 3 === 0 ? 1 : 4 })))).toEqual(
      [],
    );
  });

  it('is not what grows', () => {
    expect(told(windows(30, (i) => ({ heapMb: 30 + i * 2 })))).toEqual(['heap after a collection']);
    expect(told(windows(30, (i) => ({ rssMb: 150 + i * 5 })))).toEqual(['resident memory']);
    expect(told(windows(30, (i) => ({ workerRssMb: 100 + i * 5 })))).toEqual(["worker's resident memory"]);
    expect(told(windows(30, (i) => ({ ms: 2 + i * 0.3 })))).toEqual(['append', 'append']);
  });

  it('is not decided by the warm-up, nor by single windows that something disturbed', () => {
    expect(told(windows(30, (i) => ({ rssMb: i < 6 ? 20 : 150, ms: i < 6 ? 0.1 : 9 })))).toEqual([]);
    expect(told(windows(30, (i) => (i === 28 ? { heapMb: 900, ms: 900 } : {})))).toEqual([]);
  });

  it('is not said of a run that is too short', () => {
    expect(told(windows(3, () => ({})))).toHaveLength(1);
    expect(told([])).toHaveLength(1);
  });

  it('is judged over all runs where it is of the log, and within one where it is of a process', () => {
    const twice = (change: (run: number) => (i: number) => Partial<Window> & { ms?: number }) => [
      ...windows(20, change(0), 0),
      ...windows(21, change(1), 1),
    ];
    expect(told(twice((run) => () => ({ ms: 2 + run * 10 })))).toEqual(['append', 'append']);
    // A process that begins anew hides what grew before.
    expect(told(twice(() => (i) => ({ heapMb: 30 + i * 3 })))).toEqual(['heap after a collection']);
    expect(told(twice((run) => () => ({ rssMb: 100 + run * 400 })))).toEqual([]);
  });
});

describe('the notes of a soak', () => {
  it('give back what was closed, to a run with the same share', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sealtrail-test-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const share = { seed: 1, tenants: 3 };
    const first = new Notes(folder, share);
    expect([first.run, first.before]).toEqual([0, []]);
    const made = windows(2, (i) => ({ heapMb: i }), 0);
    for (const one of made) first.add(one);
    // Killed while it noted the next.
    await appendFile(join(folder, 'soak.jsonl'), '{"run":0,"hea');
    const second = new Notes(folder, share);
    expect([second.run, second.before]).toEqual([1, JSON.parse(JSON.stringify(made))]);
    second.add(windows(1, () => ({}), 1)[0] as Window);
    expect(new Notes(folder, share)).toMatchObject({ run: 2, before: { length: 3 } });
    expect(() => new Notes(folder, { ...share, seed: 2 })).toThrow('--seed 1');
  });
});
