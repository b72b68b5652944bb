import { Badge, Group, Stack, Text, Timeline, Tooltip } from '@mantine/core';
import type { RecordPage as RecordPageAnswer } from '@sealtrail/views';
import {
  Ban,
  Bot,
  CircleCheck,
  CircleX,
  Clock,
  Database,
  Eye,
  type LucideIcon,
  PencilLine,
  Play,
  ScrollText,
  TriangleAlert,
} from 'lucide-react';
import { useParams } from 'react-router';
import { useReports } from '../integrity/checks.tsx';
import { goneBadge } from '../log/row-state.ts';
import { ActorName, HashCode, Moment } from '../parts/bits.tsx';
import { Members, Value } from '../parts/json.tsx';
import { number, percent, spaced, typeWords } from '../parts/words.ts';
import { ChangeDiff } from './change-diff.tsx';
import classes from './record.module.css';

type Entry = RecordPageAnswer['entries'][number];

const ICONS: Readonly<Record<string, LucideIcon>> = {
  'proposal.created': Bot,
  'proposal.presented': Eye,
  'proposal.expired': Clock,
  'decision.approved': CircleCheck,
  'decision.auto_approved': CircleCheck,
  'decision.edited_approved': PencilLine,
  'decision.rejected': CircleX,
  'decision.auto_denied': CircleX,
  'decision.stale': Clock,
  'execution.started': Play,
  'execution.executed': Play,
  'execution.failed': TriangleAlert,
  'execution.not_executed': Ban,
  'execution.args_mismatch': Ban,
  'record.changed': Database,
};

/** What happened to a record, from the first entry on: proposal, decision, execution, what the CRM wrote. */
export function RecordTimeline({ entries }: { readonly entries: readonly Entry[] }) {
  return (
    <Timeline bulletSize={30} lineWidth={2} className={classes.timeline} aria-label="History" role="list">
      {entries.map((entry) => {
        const Icon = ICONS[entry.type] ?? ScrollText;
        return (
          <Timeline.Item
            key={entry.seq}
            role="listitem"
            bullet={<Icon size={15} className={classes.bullet} aria-hidden />}
            title={<Heading entry={entry} />}
          >
            <Body entry={entry} />
          </Timeline.Item>
        );
      })}
    </Timeline>
  );
}

function Heading({ entry: { type, data, change } }: { readonly entry: Entry }) {
  const { action, proposal } = data;
  return (
    <Group gap="xs">
      <Text span fw={600}>
        {typeWords(type)}
        {typeof action === 'string' && `: ${spaced(action)}`}
      </Text>
      {typeof proposal === 'string' && <Badge color="gray">{proposal}</Badge>}
      {change?.unexplained && (
        <Tooltip
          label="No proposal in the log explains this write: somebody or something wrote it without one."
          multiline
          w={260}
        >
          <Badge color="yellow">unexplained</Badge>
        </Tooltip>
      )}
    </Group>
  );
}

const LABELS: Readonly<Record<string, string>> = {
  args: 'arguments',
  final_args: 'as approved',
  patch: 'changes',
  result: 'result',
};

function Body({ entry }: { readonly entry: Entry }) {
  const { seq, hash, time, actor, data, values, type } = entry;
  const { tenant = '' } = useParams();
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
        Object.keys(LABELS).map((name) => <Argument key={name} name={name} values={values} />)
      )}
      {gone && (
        <Text size="sm" c={gone.tone === 'bad' ? 'var(--mantine-color-red-light-color)' : 'dimmed'}>
          {gone.about}
        </Text>
      )}
      <Text size="xs" c="dimmed" component="div">
        position {number(seq)} <HashCode hash={hash} label={`the hash of entry ${seq}`} />
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
