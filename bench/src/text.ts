import { about, groups, list, n, type Report, range, ratio } from './report.ts';

/** A report for a terminal: a figure, and under it what it is held against. */
export function toText(report: Report): string {
  const lines = report.runs.flatMap((run) => [...about(run), '']);
  for (const { title, figures } of groups(report)) {
    lines.push('', title);
    for (const { figure } of figures) {
      const { name, unit = 'entries', perSecond, against, notes } = figure;
      lines.push(
        `  ${name.padEnd(24)}${n(perSecond.median).padStart(9)} ${unit}/s  (${range(perSecond)})  ${list(notes)}`,
      );
      for (const one of against) {
        const spread = `${ratio(one.ratio.min)} to ${ratio(one.ratio.max)}`;
        lines.push(
          `    ${ratio(one.ratio.median).padStart(6)}  (${spread}) of ${one.name}, ${n(one.perSecond.median)}/s`,
        );
      }
    }
  }
  for (const { name, why } of report.runs.flatMap(({ failures }) => failures)) {
    lines.push('', `NOT MEASURED  ${name}: ${why}`);
  }
  return `${lines.join('\n')}\n`;
}
