import type { Figure } from './measure.ts';

/** One chart of what has several sizes, as Mermaid in Markdown: a bar for the figure, a line for what it is held against. */
export function chart(figures: readonly Figure[]): string[] {
  const [first] = figures;
  if (first === undefined || figures.length < 2 || !['append', 'verify'].includes(first.part)) return [];
  const thousands = (value: number) => Number((value / 1_000).toPrecision(3));
  // Hashing alone is many times faster than anything that reads: it would flatten the rest.
  const ceilings = first.against.filter(({ name }) => !name.startsWith('SHA-256'));
  const lines = ceilings.slice(0, 1).map(({ name }, i) => {
    const values = figures.map(({ against }) => thousands(against[i]?.perSecond.median ?? 0));
    return { name, values };
  });
  const own = figures.map(({ perSecond }) => thousands(perSecond.median));
  const top = Math.max(...own, ...lines.flatMap(({ values }) => values));
  return [
    '',
    `Thousands of entries a second (bars)${lines.map(({ name }) => `, and ${name.replace(/, \d.*/, '')} (line)`).join('')}:`,
    '',
    '```mermaid',
    'xychart-beta',
    `  x-axis [${figures.map(({ name }) => JSON.stringify(name.replace(/,(?=\d{3})/g, ' '))).join(', ')}]`,
    `  y-axis "thousands a second" 0 --> ${Math.ceil(top)}`,
    `  bar [${own.join(', ')}]`,
    ...lines.map(({ values }) => `  line [${values.join(', ')}]`),
    '```',
  ];
}
