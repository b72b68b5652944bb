import { Stack, Text, Title } from '@mantine/core';
import type { ViewEntry } from '@sealtrail/views';
import type { ReactNode } from 'react';
import { Members } from '../parts/json.tsx';
import { firstUpper } from '../parts/words.ts';
import { ChangeDiff } from '../record/change-diff.tsx';
import { CheckHere } from './check-here.tsx';
import { InTheClear } from './in-the-clear.tsx';
import classes from './log.module.css';
import { ProposalDiff } from './proposal-diff.tsx';
import type { StateBadge } from './row-state.ts';

/** Everything about one entry. */
export function EntryDetail({
  tenant,
  entry,
  badges,
  gone,
}: {
  readonly tenant: string;
  readonly entry: ViewEntry;
  /** What the row says in short. */
  readonly badges: readonly StateBadge[];
  /** What is known of values that are not there. */
  readonly gone: StateBadge | undefined;
}) {
  const { type, data, values } = entry;
  const proposal = typeof data['proposal'] === 'string' ? data['proposal'] : undefined;
  return (
    <Stack gap="lg" className={classes.detail}>
      <Part title="State">
        {badges
          .filter(({ words }) => words !== gone?.words)
          .map(({ words, about }) => (
            <Text key={words} size="sm">
              <strong>{firstUpper(words)}.</strong> {about}
            </Text>
          ))}
      </Part>
      <div className={classes.parts}>
        <Part title="Recorded in the clear">
          <InTheClear tenant={tenant} entry={entry} />
        </Part>
        {(Object.keys(values).length > 0 || gone !== undefined) && (
          <Part title="Sealed values">
            <Members members={values} />
            {gone && (
              <Text size="sm" c={gone.tone === 'bad' ? 'var(--mantine-color-red-light-color)' : 'dimmed'}>
                {gone.about}
              </Text>
            )}
          </Part>
        )}
      </div>
      {type === 'record.changed' && <ChangeDiff values={values} />}
      {proposal !== undefined && <ProposalDiff tenant={tenant} proposal={proposal} />}
      <CheckHere tenant={tenant} entry={entry} />
    </Stack>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Stack gap={6}>
      <Title order={2} size="h6">
        {title}
      </Title>
      {children}
    </Stack>
  );
}
