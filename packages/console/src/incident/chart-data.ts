import type { Series } from '../parts/chart.tsx';
import { moment } from '../parts/words.ts';

const BUCKETS = 16;
const KINDS: readonly (Series & { readonly prefix: string })[] = [
  { prefix: 'proposal.', name: 'proposals', label: 'proposals', color: 'grape.5' },
  { prefix: 'decision.', name: 'decisions', label: 'decisions', color: 'indigo.5' },
  { prefix: 'execution.', name: 'executions', label: 'executions', color: 'cyan.6' },
  { prefix: 'record.', name: 'writes', label: 'CRM writes', color: 'teal.6' },
  { prefix: '', name: 'others', label: 'others', color: 'gray.5' },
];

interface Entry {
  readonly time: string;
  readonly type: string;
}
type Row = Record<string, number | string> & { row: string };

/** Entries in even steps of the incident's time, counted by what they are. @param isUtc whether times are, as on paper */
export function chartOf(
  entries: readonly Entry[],
  isUtc: boolean,
): { data: Row[]; series: readonly Series[] } {
  const times = entries.map(({ time }) => Date.parse(time));
  const start = times[0] ?? 0;
  const span = Math.max(1, (times.at(-1) ?? start) - start);
  // No step is shorter than what times say.
  const buckets = Math.min(BUCKETS, span, Math.max(1, entries.length));
  const width = span / buckets;
  const data: Row[] = Array.from({ length: buckets }, (_, i) => ({
    row: label(start + i * width, span, isUtc),
  }));
  for (const [i, { type }] of entries.entries()) {
    const at = Math.min(buckets - 1, Math.floor(((times[i] ?? start) - start) / width));
    const row = data[at];
    const kind = KINDS.find(({ prefix }) => type.startsWith(prefix));
    if (row !== undefined && kind !== undefined) row[kind.name] = Number(row[kind.name] ?? 0) + 1;
  }
  return { data, series: KINDS };
}

/** As exact as the steps are: two of them must not read the same. */
function label(ms: number, span: number, isUtc: boolean): string {
  return moment(ms, { isClock: span < 86_400_000, isExact: span < 60_000, isUtc });
}
