import { Stack, Text, Title } from '@mantine/core';
import type { ViewEntry } from '@sealtrail/views';
import type { ReactNode } from 'react';
import { ActorName, HashCode, Moment, RecordLinks } from '../parts/bits.tsx';
import { Members } from '../parts/json.tsx';
import { ChangeDiff } from '../record/change-diff.tsx';
import { CheckHere } from './check-here.tsx';
import classes from './log.module.css';
import { ProposalDiff } from './proposal-diff.tsx';

/** Everything about one entry. */
export function EntryDetail({ tenant, entry }: { readonly tenant: string; readonly entry: ViewEntry }) {
  const { hash, id, type, actor, targets, data, values, missing, time } = entry;
  const proposal = typeof data['proposal'] === 'string' ? data['proposal'] : undefined;
  const { type: _type, id: _id, ...more } = actor;
  return (
    <Stack gap="lg" className={classes.detail}>
      <div className={classes.parts}>
        <Part title="Recorded in the clear">
          <Members
            caption="What the entry says in the clear"
            members={{ 'entry id': id, type, 'log time (UTC)': time, ...data }}
          />
          <Line name="by">
            <ActorName actor={actor} />
          </Line>
          {Object.keys(more).length > 0 && <Members caption="More about who acted" members={more} />}
          {targets.length > 0 && (
            <Line name="about">
              <RecordLinks targets={targets} max={10} />
            </Line>
          )}
          <Line name="your time">
            <Moment time={time} />
          </Line>
          <Line name="hash">
            <HashCode hash={hash} label="the hash of this entry" />
          </Line>
        </Part>
        {(Object.keys(values).length > 0 || missing.length > 0) && (
          <Part title="Sealed values">
            <Members caption="Sealed values that still exist" members={values} />
            {missing.length > 0 && (
              <Text size="sm" c="dimmed">
                Erased: {missing.join(', ')}. The entry holds only a commitment to what was there, so it still
                verifies, and nobody can read it.
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

function Line({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <Text size="sm" component="div">
      <Text span size="sm" c="dimmed">
        {name}
      </Text>{' '}
      {children}
    </Text>
  );
}
