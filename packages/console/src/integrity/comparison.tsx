import { Button, Text } from '@mantine/core';
import type { TenantReport } from '@sealtrail/verifier/stream';
import { Moment } from '../parts/bits.tsx';
import { number } from '../parts/words.ts';
import { forgetNoted, type Noted } from './noted.ts';

/** What came of holding the log against what this browser saw of it before. */
export function Comparison({
  report,
  noted,
}: {
  readonly report: TenantReport;
  readonly noted: Noted | undefined;
}) {
  if (noted === undefined) {
    if (report.status !== 'valid') return null;
    return (
      <Text size="sm">
        This browser had nothing to compare with. It noted the last entry just now, for the next check.
      </Text>
    );
  }
  const what = (
    <>
      position {number(noted.seq)}, noted by this browser on <Moment time={noted.time} />
    </>
  );
  if (!report.findingCodes.trusted_mismatch) {
    return <Text size="sm">The log still has the entry that was its last one then: {what}.</Text>;
  }
  return (
    <>
      <Text size="sm">
        The log has another entry than it had before, or none: {what}. A log only grows, so this one was
        rewritten, or replaced.
      </Text>
      <Button
        variant="default"
        size="xs"
        onClick={(event) => {
          forgetNoted(report.tenant);
          event.currentTarget.disabled = true;
        }}
      >
        It was replaced on purpose: forget what was noted
      </Button>
    </>
  );
}
