import type { Vouched } from '../checkpoints/report.ts';
import type { NotChecked } from '../report.ts';

/** How much later than the seal's own time somebody else may have seen it before that is worth a word. */
const LATE_MS = 86_400_000;

/** Times in the log are the operator's word: it could have made an old-looking log today. */
export function sinceWhen(sealTime: string, { witnessedBy, timestamps }: Vouched): NotChecked[] {
  const seen = [...witnessedBy, ...timestamps].map(({ time }) => time).sort()[0];
  if (seen === undefined || Date.parse(seen) - Date.parse(sealTime) <= LATE_MS) return [];
  return [
    {
      code: 'since_when',
      message: `whether the seal is as old as it says (${sealTime}): nobody else says to have seen this checkpoint before ${seen}`,
    },
  ];
}
