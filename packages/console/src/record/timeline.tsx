import { Badge, Group, Text, Timeline } from '@mantine/core';
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
import { memo } from 'react';
import { WRAPPED } from '../log/badges.tsx';
import { typeWords } from '../parts/words.ts';
import { Written } from '../parts/written.tsx';
import { EntryBody } from './entry-body.tsx';
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

/** A history comes page after page: what is shown already is not made anew with each of them. */
const Body = memo(EntryBody);
const Heading = memo(({ entry: { type, data } }: { readonly entry: Entry }) => {
  const { action, proposal } = data;
  return (
    <Group gap="xs">
      <Text span fw={600} className={classes.title}>
        {typeWords(type)}
        {typeof action === 'string' && (
          <>
            : <Written text={action} />
          </>
        )}
      </Text>
      {typeof proposal === 'string' && (
        <Badge color="gray" h="auto" mih={20} miw={0} styles={WRAPPED}>
          <Written text={proposal} />
        </Badge>
      )}
      {type === 'record.changed' && typeof proposal !== 'string' && <Badge color="yellow">unexplained</Badge>}
    </Group>
  );
});

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
