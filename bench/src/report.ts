import type { Environment } from './environment.ts';
import type { Figure } from './measure.ts';

/** One or several runs, such as the parts of a report that were measured one after the other on one day. */
export interface Report {
  readonly format: 'sealtrail-bench/2';
  readonly runs: readonly Run[];
}

/** What one call of the benchmark measured. */
export interface Run {
  readonly environment: Environment;
  readonly rounds: number;
  readonly engines: Readonly<Record<string, string>>;
  /** Mean bytes of the rows that were written. */
  readonly rows: Readonly<Record<string, number>>;
  readonly figures: readonly Figure[];
  readonly failures: readonly Failure[];
  /** What bench/peers measured in the same run. */
  readonly peers?: unknown;
}

/** What was to be measured, and was not. */
export interface Failure {
  readonly name: string;
  readonly why: string;
}

/** All runs in one report. A figure that was measured more than once is the newest. */
export function merge(reports: readonly Report[]): Report {
  const runs = reports
    .flatMap((report) => report.runs)
    .toSorted((a, b) => a.environment.date.localeCompare(b.environment.date));
  const newest = new Map(runs.flatMap((run, i) => run.figures.map((figure) => [keyOf(figure), i] as const)));
  const kept = runs.map((run, i) => ({
    ...run,
    figures: run.figures.filter((figure) => newest.get(keyOf(figure)) === i),
  }));
  return {
    format: 'sealtrail-bench/2',
    runs: kept.filter(
      ({ figures, failures, peers }) => figures.length + failures.length > 0 || peers !== undefined,
    ),
  };
}

/** Groups of figures that belong under one heading, in the order in which they were measured. */
export function groups(report: Report): { title: string; figures: { figure: Figure; run: number }[] }[] {
  const found = new Map<string, { figure: Figure; run: number }[]>();
  for (const [run, { figures }] of report.runs.entries()) {
    for (const figure of figures) {
      const title = `${figure.part}, ${figure.store}`;
      found.set(title, [...(found.get(title) ?? []), { figure, run }]);
    }
  }
  return [...found].map(([title, figures]) => ({ title, figures }));
}

/** Where and with what a run was measured. */
export function about({ environment, engines, rows, rounds }: Run): string[] {
  const { date, machine, node, openssl, libraries, loadBefore } = environment;
  const versions = Object.entries(libraries).map(([name, version]) => `${name} ${version}`);
  const servers = Object.entries(engines).map(([name, engine]) => `${name}: ${engine}.`);
  return [
    `Measured ${date.slice(0, 10)} on ${machine}; load before the run ${loadBefore}.`,
    `Node ${node}, OpenSSL ${openssl}, ${versions.join(', ')}. ${servers.join(' ')}`,
    `Medians of ${rounds} ${rounds === 1 ? 'round' : 'rounds'} in turn. An entry's text has ${rows['entry']} bytes, its sealed values ${rows['openings']}, its row ${rows['row']} (means).`,
  ];
}

export function n(value: number): string {
  return (value < 10 ? Number(value.toPrecision(2)) : Math.round(value)).toLocaleString('en-US');
}

/** From the slowest to the fastest round. */
export function range({ min, max }: Figure['perSecond']): string {
  return `${n(min)} to ${n(max)}`;
}

export function ratio(value: number): string {
  if (value >= 10) return n(value);
  return value < 0.1 ? String(Number(value.toPrecision(1))) : value.toFixed(2);
}

export function list(notes: Figure['notes']): string {
  return Object.entries(notes)
    .map(([name, value]) => `${name} ${typeof value === 'number' ? value.toLocaleString('en-US') : value}`)
    .join(', ');
}

function keyOf({ part, store, name }: Figure): string {
  return `${part}, ${store}, ${name}`;
}
