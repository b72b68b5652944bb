import { ActionIcon, Anchor, Code, CopyButton, Group, Text, Tooltip } from '@mantine/core';
import { Bot, Check, Cog, Copy, KeyRound, User } from 'lucide-react';
import { Fragment } from 'react';
import { Link } from 'react-router';
import { pathOf } from '../api/client.ts';
import { useMe } from '../session/session.tsx';
import classes from './bits.module.css';
import { usePlace } from './place.ts';
import { usePrinting } from './printing.tsx';
import { moment } from './words.ts';
import { Written, writtenOut } from './written.tsx';

// Small things that many pages show: hashes, people, records, times.

/** A hash, shortened for the eye and whole for the clipboard. @param label what it is the hash of */
export function HashCode({
  hash,
  label,
  full,
}: {
  readonly hash: string;
  readonly label: string;
  readonly full?: boolean;
}) {
  const isWhole = usePrinting() !== undefined || full;
  return (
    <Group gap={4} wrap="nowrap" display="inline-flex" maw="100%">
      <Code className={isWhole ? classes.whole : undefined} title={hash}>
        {isWhole ? hash : `${hash.slice(0, 10)}…${hash.slice(-6)}`}
      </Code>
      <CopyIcon text={hash} label={label} />
    </Group>
  );
}

export function CopyIcon({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <CopyButton value={text} timeout={1500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : `Copy ${label}`}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            onClick={copy}
            aria-label={copied ? `Copied ${label}` : `Copy ${label}`}
          >
            {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}

const ACTOR_ICONS = { user: User, agent: Bot, system: Cog, api_token: KeyRound } as const;
const ACTOR_WORDS: Readonly<Record<string, string>> = {
  user: 'Person',
  agent: 'Agent',
  system: 'System',
  api_token: 'API token',
};

/** @param isWhole whether a long name goes over several lines, as it does on paper: cut off, two of them may read the same */
export function ActorName({
  actor,
  isWhole = false,
}: {
  readonly actor: { readonly type: string; readonly id: string };
  readonly isWhole?: boolean;
}) {
  const isPrinting = usePrinting() !== undefined;
  const Icon = ACTOR_ICONS[actor.type as keyof typeof ACTOR_ICONS] ?? Cog;
  const kind = ACTOR_WORDS[actor.type] ?? actor.type;
  return (
    <span className={classes.inline} title={`${kind} ${writtenOut(actor.id)}`}>
      <Icon size={14} className={classes.icon} role="img" aria-label={kind} />
      {/* The text itself, so that it is its end that is cut off, whatever its direction. */}
      <Written text={actor.id} className={isWhole || isPrinting ? classes.whole : classes.cut} />
    </span>
  );
}

/** A time as everything shows it: the exact instant is in its `datetime` and where the pointer rests, and on paper. */
export function Moment({ time }: { readonly time: string }) {
  const isPrinting = usePrinting() !== undefined;
  // Where there is no room, in two lines: neither the day nor the zone is cut off.
  const parts = isPrinting ? [time] : moment(time).split(/(?<=,) /);
  return (
    <time dateTime={time} title={time}>
      {parts.map((part, i) => (
        <Fragment key={part}>
          {i > 0 && ' '}
          <span className={classes.time}>{part}</span>
        </Fragment>
      ))}
    </time>
  );
}

/** A record, with the way to its history. */
function RecordLink({ type, id }: { readonly type: string; readonly id: string }) {
  const { tenant = '' } = usePlace();
  const { record } = useMe().scope;
  // Who may see one record is not led to others.
  if (record !== undefined && (record.type !== type || record.id !== id)) {
    return (
      <>
        {type} <Written text={id} />
      </>
    );
  }
  return (
    <Anchor component={Link} to={`/${pathOf('t', tenant, 'records', type, id)}`} size="sm">
      {type} <Written text={id} />
    </Anchor>
  );
}

export function RecordLinks({
  targets,
  max = 3,
}: {
  readonly targets: readonly { readonly type: string; readonly id: string }[];
  readonly max?: number;
}) {
  const isPrinting = usePrinting() !== undefined;
  const shown = isPrinting ? targets : targets.slice(0, max);
  const more = targets.length - shown.length;
  return (
    <>
      {shown.map(({ type, id }, i) => (
        <span key={`${type}/${id}`}>
          {i > 0 && ', '}
          <RecordLink type={type} id={id} />
        </span>
      ))}
      {more > 0 && (
        <Text span size="sm" c="dimmed">
          {' '}
          and {more} more
        </Text>
      )}
    </>
  );
}
