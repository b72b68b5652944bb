import type { Figure } from './measure.ts';

/** Charts of what has several sizes, as Mermaid in Markdown: bars for the figures, a line for what they are held against. */
export function chart(figures: readonly Figure[]): string[] {
  const [first] = figures;
  if (first === undefined || figures.length < 2) return [];
  switch (first.part) {
    case 'append':
    case 'verify':
    case 'anchor':
      return speeds(figures);
    case 'partial':
      return times(figures);
    case 'prove':
      return [
        ...bytes('One entry', figures.filter(isEntry)),
        ...bytes(
          'A record’s history',
          figures.filter((one) => !isEntry(one)),
        ),
      ];
    default:
      return [];
  }
}

/** Hashing alone is many times faster than anything that reads: it would flatten the rest. */
function speeds(figures: readonly Figure[]): string[] {
  const thousands = (value: number) => Number((value / 1_000).toPrecision(3));
  const ceiling = figures[0]?.against.find(({ name }) => !name.startsWith('SHA-256'));
  const line = figures.map(({ against }) => thousands(against[0]?.perSecond.median ?? 0));
  return draw({
    caption: `Thousands of entries a second (bars), and ${ceiling?.name.replace(/, \d.*/, '') ?? 'a ceiling'} (line):`,
    labels: figures.map(({ name }) => name),
    axis: 'thousands a second',
    bars: figures.map(({ perSecond }) => thousands(perSecond.median)),
    line,
  });
}

function times(figures: readonly Figure[]): string[] {
  const ms = (perSecond: number) => Math.round(1_000 / perSecond);
  return draw({
    caption: 'Milliseconds (bars), and of the whole log (line):',
    labels: figures.map(({ name }) => name.replace(/.* of /, '')),
    axis: 'ms',
    bars: figures.map(({ perSecond }) => ms(perSecond.median)),
    line: figures.map(({ against }) => ms(against[0]?.perSecond.median ?? 1)),
  });
}

function bytes(what: string, figures: readonly Figure[]): string[] {
  if (figures.length < 2) return [];
  return draw({
    caption: `${what}: kilobytes of the proof as the log grows:`,
    labels: figures.map(({ name }) => name.replace(/.* of /, '')),
    axis: 'kB',
    bars: figures.map(({ notes }) => Number((Number(notes['proof bytes']) / 1_000).toPrecision(3))),
  });
}

function isEntry({ name }: Figure): boolean {
  return name.startsWith('one of');
}

interface Drawing {
  readonly caption: string;
  readonly labels: readonly string[];
  readonly axis: string;
  readonly bars: readonly number[];
  readonly line?: readonly number[];
}

function draw({ caption, labels, axis, bars, line }: Drawing): string[] {
  const top = Math.ceil(Math.max(...bars, ...(line ?? []), 1));
  return [
    '',
    caption,
    '',
    '```mermaid',
    'xychart-beta horizontal',
    `  x-axis [${labels.map((label) => JSON.stringify(label.replace(/,(?=\d{3})/g, ' '))).join(', ')}]`,
    `  y-axis "${axis}" 0 --> ${top}`,
    `  bar [${bars.join(', ')}]`,
    ...(line === undefined ? [] : [`  line [${line.join(', ')}]`]),
    '```',
  ];
}
