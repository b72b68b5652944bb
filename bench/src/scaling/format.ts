/** A Markdown table whose columns are as wide as they must be; all but the first are aligned to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) =>
    Math.max(title.length, 4, ...rows.map((row) => (row[i] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** Two significant digits, as many as a model of measured costs deserves. */
export function about(value: number): string {
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(2));
  return rounded >= 1 ? rounded.toLocaleString('en-US') : String(rounded);
}

export function exact(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

const SIZES = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];

export function size(bytes: number): string {
  return scaled(bytes, 1_000, SIZES);
}

function scaled(value: number, step: number, units: readonly string[]): string {
  let unit = 0;
  let rest = value;
  while (Number(rest.toPrecision(2)) >= step && unit < units.length - 1) {
    rest /= step;
    unit++;
  }
  return `${about(rest)} ${units[unit]}`;
}

export function duration(seconds: number): string {
  if (seconds < 1) return `${about(seconds * 1_000)} ms`;
  if (seconds < 120) return `${about(seconds)} s`;
  if (seconds < 7_200) return `${about(seconds / 60)} min`;
  return seconds < 172_800 ? `${about(seconds / 3_600)} h` : `${about(seconds / 86_400)} days`;
}
