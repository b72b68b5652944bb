import { chart } from './charts.ts';
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

/** Tables and charts in Markdown, one for each part and store, after a line that says where it was measured. */
export function toMarkdown(report: Report): string {
  const groups = new Map<string, Figure[]>();
  for (const figure of report.figures) {
    const key = `${figure.part}, ${figure.store}`;
    groups.set(key, [...(groups.get(key) ?? []), figure]);
  }
  const tables = [...groups].flatMap(([title, figures]) => [
    '',
    `### ${title}`,
    '',
    '| what | a second (slowest to fastest round) | as a fraction of | latency, memory |',
    '| --- | --- | --- | --- |',
    ...figures.map(row),
    ...chart(figures),
  ]);
  return `${[...about(report), ...tables].join('\n')}\n`;
}

function row({ name, unit, perSecond, against, notes }: Figure): string {
  const fractions = against.map(
    (one) =>
      `**${one.ratio.median.toFixed(2)}** (${ratios(one.ratio)}) of ${one.name}, ${n(one.perSecond.median)}`,
  );
  const value = `**${n(perSecond.median)}**${unit === undefined ? '' : ` ${unit}`} (${range(perSecond)})`;
  return `| ${name} | ${value} | ${fractions.join('<br>')} | ${list(notes)} |`;
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
