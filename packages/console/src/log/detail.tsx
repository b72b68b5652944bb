import { Stack, Text, Title } from '@mantine/core';
import type { ViewEntry } from '@sealtrail/views';
import type { ReactNode } from 'react';
import { ActorName, HashCode, Moment, RecordLinks } from '../parts/bits.tsx';
import { Facts, Members, Value } from '../parts/json.tsx';
import { ChangeDiff } from '../record/change-diff.tsx';
import { CheckHere } from './check-here.tsx';
import classes from './log.module.css';
import { ProposalDiff } from './proposal-diff.tsx';
import type { StateBadge } from './row-state.ts';

/** Everything about one entry. */
export function EntryDetail({
  tenant,
  entry,
  gone,
}: {
  readonly tenant: string;
  readonly entry: ViewEntry;
  /** What is known of values that are not there. */
  readonly gone: StateBadge | undefined;
}) {
  const { type, data, values } = entry;
  const proposal = typeof data['proposal'] === 'string' ? data['proposal'] : undefined;
  return (
    <Stack gap="lg" className={classes.detail}>
      <div className={classes.parts}>
        <Part title="Recorded in the clear">
          <InTheClear entry={entry} />
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

function InTheClear({
  entry: { id, type, time, hash, actor, targets, data },
}: {
  readonly entry: ViewEntry;
}) {
  const { type: _type, id: _id, ...more } = actor;
  return (
    <Facts
      facts={[
        ['entry id', id],
        ['type', type],
        ['time', <Moment key="time" time={time} />],
        ['in UTC', time],
        ['by', <ActorName key="by" actor={actor} />],
        ...factsOf(more),
        ...(targets.length === 0
          ? []
          : ([['about', <RecordLinks key="about" targets={targets} max={10} />]] as const)),
        ...factsOf(data),
        ['hash', <HashCode key="hash" hash={hash} label="the hash of this entry" />],
      ]}
    />
  );
}

function factsOf(members: object): [string, ReactNode][] {
  return Object.entries(members).map(([name, value]) => [name, <Value key={name} value={value} />]);
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
