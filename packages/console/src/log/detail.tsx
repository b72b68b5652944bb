import { Anchor, Stack, Text, Title } from '@mantine/core';
import type { ViewEntry } from '@sealtrail/views';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { pathOf, queryOf } from '../api/client.ts';
import { ActorName, HashCode, Moment, RecordLinks } from '../parts/bits.tsx';
import { Facts, Members, Value } from '../parts/json.tsx';
import { firstUpper } from '../parts/words.ts';
import { ChangeDiff } from '../record/change-diff.tsx';
import { CheckHere } from './check-here.tsx';
import { textOf } from './filter.ts';
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

function InTheClear({
  tenant,
  entry: { id, type, time, hash, actor, targets, data },
}: {
  readonly tenant: string;
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
        ...factsOf(data, (name, value) => placeOf(tenant, name, value)),
        ['hash', <HashCode key="hash" hash={hash} label="the hash of this entry" />],
      ]}
    />
  );
}

/** Where what belongs to a value is shown: the run, the conversation, the proposal, the batch that an entry is of. */
function placeOf(tenant: string, name: string, value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const incident = `/${pathOf('t', tenant, 'incident')}`;
  if (name === 'trace_id') return `${incident}${queryOf({ trace: value })}`;
  if (name === 'conversation_id') return `${incident}${queryOf({ conversation: value })}`;
  if (name !== 'proposal' && name !== 'batch') return undefined;
  return `/${pathOf('t', tenant, 'log')}${queryOf({ q: textOf([{ name, value }]) })}`;
}

function factsOf(
  members: object,
  to: (name: string, value: unknown) => string | undefined = () => undefined,
): [string, ReactNode][] {
  return Object.entries(members).map(([name, value]) => {
    const place = to(name, value);
    const shown = <Value key={name} value={value} />;
    return [
      name,
      place === undefined ? (
        shown
      ) : (
        <Anchor key={name} component={Link} size="sm" to={place}>
          {shown}
        </Anchor>
      ),
    ];
  });
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
