import type { TenantReport } from '@sealtrail/verifier/stream';
import type { Status } from '../api/answers.ts';
import { ago, count, firstUpper, number } from '../parts/words.ts';

/**
 * The verdict in one plain sentence: the verifier's own, and for a whole log what the service says of seals and witnesses.
 * Those are not part of the walk, so they are said only beside a verdict of the same service.
 */
export function verdictOf(report: TenantReport, status: Status | undefined): string {
  if (report.status !== 'valid') return firstUpper(report.summary);
  const walked = report.summary.replace(/^chain valid/, 'Chain verified');
  const more = [];
  if (status?.seal) more.push(`sealed ${ago(status.seal.age_ms)}`);
  if (status?.checkpoint && status.checkpoint.witnesses.length > 0) {
    more.push(`witnessed by ${status.checkpoint.witnesses.length}`);
  }
  // What was pruned is said last: the seal is of the log.
  const [log = walked, ...rest] = walked.split('; ');
  return [[log, ...more].join(', '), ...rest].join('; ');
}

/** What a broken log means, for somebody who knows nothing of hashes. */
export function meaningOf({
  status,
  position,
  range,
  findingCount,
  pruned,
}: TenantReport): readonly string[] {
  const first = range?.from ?? 0;
  if (status === 'unverifiable')
    return ['There was nothing that could be checked. That says nothing about the log, good or bad.'];
  if (status === 'valid') {
    return [
      pruned
        ? `Every entry from position ${number(first)} on is exactly the text that was recorded, in the order in which it was recorded; none of these was changed, removed or put in between. Those before were moved into an archive: verify that by itself.`
        : 'Every entry is exactly the text that was recorded, in the order in which it was recorded; none was changed, removed or put in between.',
    ];
  }
  return [
    position === null
      ? 'The stored log is not what was recorded, and the fault lies in no single entry: see the findings.'
      : `What is stored at this place is not what was recorded. Somebody or something changed the store behind the log. The ${count(Math.max(0, position - first), 'entry', 'entries')} ${first > 0 ? 'that are stored ' : ''}before it passed every check.`,
    findingCount > 1 ? 'One change often leaves several findings. The first one names the place.' : '',
    'Keep the store as it is, copy it, and compare this place with a backup or an export. Look who could write to the database. Nothing here repairs a log: a repaired log would be one more that was changed.',
  ].filter((line) => line !== '');
}
