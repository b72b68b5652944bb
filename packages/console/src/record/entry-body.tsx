import { Anchor, Group, Stack, Text } from '@mantine/core';
import type { RecordPage } from '@sealtrail/views';
import { Link, useParams } from 'react-router';
import { pathOf } from '../api/client.ts';
import { useReports } from '../integrity/checks.tsx';
import { goneBadge } from '../log/row-state.ts';
import { ActorName, HashCode, Moment } from '../parts/bits.tsx';
import { Members, Value } from '../parts/json.tsx';
import { number, percent } from '../parts/words.ts';
import { useMe } from '../session/session.tsx';
import { ChangeDiff } from './change-diff.tsx';
import { Patch } from './patch.tsx';
import classes from './record.module.css';

type Entry = RecordPage['entries'][number];

const LABELS: Readonly<Record<string, string>> = {
  args: 'arguments',
  final_args: 'as approved',
  result: 'result',
};

/** What one entry of a history says. */
export function EntryBody({ entry }: { readonly entry: Entry }) {
  const { seq, hash, time, actor, data, values, type } = entry;
  const { tenant = '' } = useParams();
  // Who may see one record has no log to look into.
  const isWide = useMe().scope.record === undefined;
  const gone = goneBadge(entry, useReports(tenant));
  const confidence = typeof data['confidence'] === 'number' ? data['confidence'] : undefined;
  const { auth_method: method } = actor;
  return (
    <Stack gap={6} className={classes.item}>
      <Text size="sm" c="dimmed" component="div">
        <Group gap="xs">
          <ActorName actor={actor} />
          {method !== undefined && <span>signed in by {method}</span>}
          {confidence !== undefined && <span>confidence {percent(confidence)}</span>}
          <span>·</span>
          <Moment time={time} />
        </Group>
      </Text>
      {['rationale', 'reason'].map(
        (name) =>
          values[name] !== undefined &&
          values[name] !== null && (
            <Text key={name} size="sm" component="div">
              <Value value={values[name]} />
            </Text>
          ),
      )}
      {type === 'record.changed' ? (
        <ChangeDiff values={values} />
      ) : (
        <>
          {Object.keys(LABELS).map((name) => (
            <Argument key={name} name={name} values={values} />
          ))}
          <Patch values={values} />
        </>
      )}
      {gone && (
        <Text size="sm" c={gone.tone === 'bad' ? 'var(--mantine-color-red-light-color)' : 'dimmed'}>
          {gone.about}
        </Text>
      )}
      <Text size="xs" c="dimmed" component="div">
        {isWide ? (
          <Anchor component={Link} size="xs" to={`/${pathOf('t', tenant, 'log')}?entry=${seq}`}>
            position {number(seq)}
          </Anchor>
        ) : (
          `position ${number(seq)}`
        )}{' '}
        <HashCode hash={hash} label={`the hash of entry ${seq}`} />
      </Text>
    </Stack>
  );
}

/** Arguments, with their personal part put back. */
function Argument({
  name,
  values,
}: {
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
}) {
  const value = values[name];
  const personal = values[`${name}.personal`];
  if (value === undefined || value === null) return null;
  const isObject = typeof value === 'object' && !Array.isArray(value);
  return (
    <Members members={{ [LABELS[name] ?? name]: isObject ? { ...value, ...Object(personal) } : value }} />
  );
}
