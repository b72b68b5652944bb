import { Anchor } from '@mantine/core';
import type { ViewEntry } from '@sealtrail/views';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { pathOf, queryOf } from '../api/client.ts';
import { ActorName, HashCode, Moment, RecordLinks } from '../parts/bits.tsx';
import { Facts, Value } from '../parts/json.tsx';
import { useMe } from '../session/session.tsx';
import { textOf } from './filter.ts';

/** What an entry says without its sealed values. What its writer put into `data` stands by itself: it could be called `hash`. */
export function InTheClear({
  tenant,
  entry: { id, type, time, hash, actor, targets, data },
}: {
  readonly tenant: string;
  readonly entry: ViewEntry;
}) {
  const { type: _type, id: _id, ...more } = actor;
  // Who may see one record has no log to look into.
  const isWide = useMe().scope.record === undefined;
  const facts = factsOf(data, (name, value) => (isWide ? placeOf(tenant, name, value) : undefined));
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
        ...(facts.length === 0 ? [] : ([['data', <Facts key="data" facts={facts} />]] as const)),
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
