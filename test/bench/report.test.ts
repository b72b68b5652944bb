import { toMarkdown } from '@sealtrail/bench/markdown';
import { merge, type Report, type Run } from '@sealtrail/bench/report';
import { runJobs } from '@sealtrail/bench/run';
import { describe, expect, it } from 'vitest';

type Figure = Run['figures'][number];

const even = (value: number) => ({ median: value, min: value, max: value });

function figure(name: string, perSecond: number, part: Figure['part'] = 'append'): Figure {
  const against = [{ name: 'raw writes', perSecond: even(1_000), ratio: even(perSecond / 1_000) }];
  return { part, store: 'sqlite', name, perSecond: even(perSecond), against, notes: { 'p50 ms': 2 } };
}

function report(date: string, figures: Figure[], failures: Run['failures'] = []): Report {
  const libraries = { libsql: '1' };
  const machine = `the machine of ${date}`;
  const environment = { date, machine, node: '20', openssl: '3', libraries, loadBefore: 0.5 };
  const rows = { entry: 1, openings: 2, row: 3 };
  return {
    format: 'sealtrail-bench/2',
    runs: [{ environment, rounds: 3, engines: {}, rows, figures, failures }],
  };
}

describe('a report of several runs', () => {
  const old = report('2026-01-01', [figure('1 caller', 100), figure('8 callers', 700)]);
  const newer = report('2026-01-02', [figure('1 caller', 200)]);

  it('has each figure once, from the newest run whatever the order of the files', () => {
    const { runs } = merge([newer, old]);
    const figures = runs.map((run) => run.figures.map(({ name, perSecond }) => [name, perSecond.median]));
    expect(figures).toEqual([[['8 callers', 700]], [['1 caller', 200]]]);
  });

  it('leaves out a run of which nothing is left', () => {
    const all = report('2026-01-03', [figure('1 caller', 1), figure('8 callers', 2)]);
    expect(merge([old, newer, all]).runs.map(({ environment }) => environment.date)).toEqual(['2026-01-03']);
  });

  it('says of each figure which run it is from, and what each run was measured on', () => {
    const text = toMarkdown(merge([old, newer]));
    expect(text).toContain('**Run 2.**\nMeasured 2026-01-02 on the machine of 2026-01-02');
    expect(text).toContain('### sqlite (run 1, 2)');
    expect(text).toMatch(
      /\| \*\*8 callers\*\* \| \*\*700\*\* .*\n\| of raw writes \| 1,000 .* \*\*0\.70\*\*/,
    );
  });
});

describe('a run of which parts fail', () => {
  it('goes on, and names what is not measured with the reason', async () => {
    const saved: Pick<Run, 'figures' | 'failures'>[] = [];
    const jobs = [
      { name: 'seal, mongodb', run: () => Promise.reject(new Error('the server went away')) },
      { name: 'append, sqlite', run: async () => [figure('1 caller', 5)] },
    ];
    const save = (figures: Run['figures'], failures: Run['failures']) =>
      saved.push(structuredClone({ figures: [...figures], failures: [...failures] }));
    await runJobs(jobs, { minutes: undefined, say: () => {}, save });
    const failures = [{ name: 'seal, mongodb', why: 'the server went away' }];
    expect(saved).toEqual([
      { figures: [], failures },
      { figures: [figure('1 caller', 5)], failures },
    ]);
    const text = toMarkdown(report('2026-01-01', [figure('1 caller', 5)], failures));
    expect(text).toContain('**Not measured: seal, mongodb.** the server went away');
  });
});
