import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import type { Figure, Spread } from './measure.ts';

export interface Report {
  readonly date: string;
  readonly machine: string;
  readonly node: string;
  readonly mongodb: string;
  readonly figures: readonly Figure[];
}

export function describeMachine(): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} cores of ${cpus()[0]?.model.trim() ?? 'unknown'}, ${memory} GiB, ${kernel()}`;
}

function kernel(): string {
  try {
    return readFileSync('/proc/version', 'utf8').split(' ').slice(0, 3).join(' ');
  } catch {
    return process.platform;
  }
}

/** A Markdown table: each figure, and what fraction of its ceilings it is. */
export function toMarkdown(report: Report): string {
  const lines = [
    `Measured ${report.date.slice(0, 10)} on ${report.machine}; Node ${report.node}; MongoDB: ${report.mongodb}.`,
    '',
    '| what | entries/s (slowest to fastest round) | as a fraction of | notes |',
    '|---|---|---|---|',
  ];
  for (const { group, name, perSecond, ceilings, notes } of report.figures) {
    const fractions = Object.entries(ceilings).map(
      ([ceiling, of]) => `${(perSecond.median / of.median).toFixed(2)} of ${ceiling} (${n(of.median)}/s)`,
    );
    const extra = Object.entries(notes).map(([key, value]) => `${key} ${value}`);
    lines.push(
      `| ${group}: ${name} | ${range(perSecond)} | ${fractions.join('<br>')} | ${extra.join(', ')} |`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function range({ median, min, max }: Spread): string {
  return min === max ? n(median) : `**${n(median)}** (${n(min)} to ${n(max)})`;
}

function n(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
