import type { Counts } from '@sealtrail/views';
import type { Series } from '../parts/chart.tsx';

/** What can become of a proposal, always in this order and these colours; none of them says good or bad. */
export const ENDS: readonly Series[] = [
  { name: 'approved', label: 'approved as proposed', color: 'indigo.6' },
  { name: 'edited', label: 'approved with changes', color: 'cyan.6' },
  { name: 'rejected', label: 'rejected', color: 'orange.6' },
  { name: 'auto_approved', label: 'approved by a rule', color: 'indigo.3' },
  { name: 'auto_denied', label: 'denied by a rule', color: 'orange.3' },
  { name: 'expired', label: 'expired', color: 'gray.5' },
  { name: 'superseded', label: 'superseded', color: 'gray.4' },
  { name: 'pending', label: 'waiting', color: 'grape.4' },
  { name: 'without_decision', label: 'no decision needed', color: 'gray.6' },
];

export function rowOf(row: string, counts: Counts): Record<string, number | string> & { row: string } {
  return {
    row,
    ...Object.fromEntries(ENDS.map(({ name }) => [name, Number(counts[name as keyof Counts] ?? 0)])),
  };
}
