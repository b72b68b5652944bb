import type { Environment } from './environment.ts';
import type { Figure, Spread } from './measure.ts';

export interface Report {
  readonly format: 'sealtrail-bench/1';
  readonly environment: Environment;
  readonly rounds: number;
  readonly engines: Readonly<Record<string, string>>;
  /** Mean bytes of the rows that were written. */
  readonly rows: Readonly<Record<string, number>>;
  readonly figures: readonly Figure[];
}

/** Each figure in one row of a Markdown table, after a line that says where it was measured. */
export function toMarkdown(report: Report): string {
  const lines = [
    ...about(report),
    '',
    '| what | a second, entries unless said (slowest to fastest round) | as a fraction of | latency, memory |',
    '| --- | --- | --- | --- |',
  ];
  for (const { part, store, name, unit, perSecond, against, notes } of report.figures) {
    const fractions = against.map(
      (one) =>
        `**${one.ratio.median.toFixed(2)}** (${ratios(one.ratio)}) of ${one.name}, ${n(one.perSecond.median)}/s`,
    );
    lines.push(
      `| ${part}, ${store}: ${name} | **${n(perSecond.median)}**${unit === undefined ? '' : ` ${unit}`} (${range(perSecond)}) | ${fractions.join('<br>')} | ${list(notes)} |`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** The same for a terminal: a figure, and under it what it is held against. */
export function toText(report: Report): string {
  const lines = [...about(report), ''];
  let group = '';
  for (const { part, store, name, unit = 'entries', perSecond, against, notes } of report.figures) {
    const heading = `${part}, ${store}`;
    if (heading !== group) lines.push('', heading);
    group = heading;
    lines.push(
      `  ${name.padEnd(24)}${n(perSecond.median).padStart(9)} ${unit}/s  (${range(perSecond)})  ${list(notes)}`,
    );
    for (const one of against) {
      lines.push(
        `    ${one.ratio.median.toFixed(2).padStart(6)}  (${ratios(one.ratio)}) of ${one.name}, ${n(one.perSecond.median)}/s`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

function about({ environment, engines, rows, rounds }: Report): string[] {
  const { date, machine, node, openssl, libraries, loadBefore } = environment;
  return [
    `Measured ${date.slice(0, 10)} on ${machine}; load before the run ${loadBefore}.`,
    `Node ${node}, OpenSSL ${openssl}, ${Object.entries(libraries)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}. ${Object.entries(engines)
      .map(([name, engine]) => `${name}: ${engine}.`)
      .join(' ')}`,
    `Medians of ${rounds} rounds in turn. An entry's text has ${rows['entry']} bytes, its sealed values ${rows['openings']}, its row ${rows['row']} (means).`,
  ];
}

function range({ min, max }: Spread): string {
  return `${n(min)} to ${n(max)}`;
}

function ratios({ min, max }: Spread): string {
  return `${min.toFixed(2)} to ${max.toFixed(2)}`;
}

function list(notes: Figure['notes']): string {
  return Object.entries(notes)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

function n(value: number): string {
  return (value < 10 ? Number(value.toPrecision(2)) : Math.round(value)).toLocaleString('en-US');
}
