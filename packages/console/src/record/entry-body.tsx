import { Anchor, Group, Stack, Text } from '@mantine/core';
import type { RecordPage } from '@sealtrail/views';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { pathOf } from '../api/client.ts';
import { useCheck, useReports } from '../integrity/checks.tsx';
import { isOtherThanWalked } from '../log/as-walked.ts';
import { InTheClear } from '../log/in-the-clear.tsx';
import { faultBadge, goneBadge, OTHER } from '../log/row-state.ts';
import { ActorName, HashCode, Moment } from '../parts/bits.tsx';
import { Members, Value } from '../parts/json.tsx';
import { usePlace } from '../parts/place.ts';
import { confidenceWords, ENTRY_TYPES, firstUpper, number } from '../parts/words.ts';
import { Written } from '../parts/written.tsx';
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

const REASONS: readonly string[] = ['rationale', 'reason'];
const CHANGED: readonly string[] = [...REASONS, 'before', 'after'];
const PLACED: readonly string[] = [
  ...REASONS,
  'patch',
  'patch.personal',
  ...Object.keys(LABELS).flatMap((name) => [name, `${name}.personal`]),
];

/** What one entry of a history says. */
export function EntryBody({ entry }: { readonly entry: Entry }) {
  const { seq, hash, time, actor, data, values, type } = entry;
  const { tenant = '' } = usePlace();
  // Who may see one record has no log to look into.
  const isWide = useMe().scope.record === undefined;
  const reports = useReports(tenant);
  const gone = goneBadge(entry, reports);
  const { walked } = useCheck(tenant, 'browser');
  const isOther = useMemo(() => isOtherThanWalked(tenant, entry, walked), [tenant, entry, walked]);
  const against = isOther ? OTHER : faultBadge(seq, reports);
  const confidence = typeof data['confidence'] === 'number' ? data['confidence'] : undefined;
  const { auth_method: method } = actor;
  return (
    <Stack gap={6} className={classes.item}>
      {against && (
        <Text size="sm" c={against.tone === 'bad' ? 'var(--mantine-color-red-light-color)' : 'dimmed'}>
          <strong>{firstUpper(against.words)}.</strong> {against.about}
        </Text>
      )}
      <Text size="sm" c="dimmed" component="div">
        <Group gap="xs">
          <ActorName actor={actor} />
          {method !== undefined && (
            <span>
              signed in by <Written text={method} />
            </span>
          )}
          {confidence !== undefined && <span>confidence {confidenceWords(confidence)}</span>}
          <span>·</span>
          <Moment time={time} />
        </Group>
      </Text>
      {REASONS.map(
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
      <Members members={othersOf(values, type === 'record.changed' ? CHANGED : PLACED)} />
      {type === 'record.changed' && typeof data['proposal'] !== 'string' && (
        <Text size="sm" className={classes.unexplained}>
          No proposal in the log explains this write: somebody or something wrote it without one.
        </Text>
      )}
      <Clear tenant={tenant} entry={entry} />
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

/** Folded where the lines above say most of it: an entry of Sealtrail's own. */
function Clear({ tenant, entry }: { readonly tenant: string; readonly entry: Entry }) {
  const [isOpen, setOpen] = useState(!ENTRY_TYPES.includes(entry.type));
  return (
    <details className={classes.more} open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>What is recorded in the clear</summary>
      {isOpen && <InTheClear tenant={tenant} entry={entry} />}
    </details>
  );
}

/** Sealed values that have no place of their own. */
function othersOf(values: Readonly<Record<string, unknown>>, placed: readonly string[]): object {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !placed.includes(name)));
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
