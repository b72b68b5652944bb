import { Divider, Group, List, Paper, Stack, Text, Title } from '@mantine/core';
import type { TenantReport } from '@sealtrail/verifier/stream';
import { CircleHelp, ShieldAlert, ShieldCheck } from 'lucide-react';
import type { Status } from '../api/answers.ts';
import { HashCode } from '../parts/bits.tsx';
import { number } from '../parts/words.ts';
import { Written } from '../parts/written.tsx';
import type { Side } from './check.ts';
import { Comparison } from './comparison.tsx';
import { Findings } from './findings.tsx';
import classes from './integrity.module.css';
import type { Noted } from './noted.ts';
import { meaningOf, verdictOf } from './verdict.ts';

const LOOKS = {
  valid: { icon: ShieldCheck, tone: 'good' },
  broken: { icon: ShieldAlert, tone: 'bad' },
  unverifiable: { icon: CircleHelp, tone: 'unsure' },
} as const;

const BY: Readonly<Record<Side, string>> = {
  server: 'Checked by the server. It read its own store, and this page shows what it said.',
  browser:
    'Checked in your browser, from the bytes that the server sent. Nothing that the server says about them was believed.',
};

/** The one thing that a page cannot check. */
const PAGE_NOTE =
  'whether this page is the one that was published: it came from the server as well. Who wants to rely on nothing of it exports the log and runs sealtrail-verify';

/** A finished check: the verdict, what it means, and what it does not cover. */
export function VerdictCard(props: {
  readonly report: TenantReport;
  readonly side: Side;
  readonly status: Status | undefined;
  readonly noted: Noted | undefined;
}) {
  const { report, side, status, noted } = props;
  const { icon: Icon, tone } = LOOKS[report.status];
  return (
    <Paper className={classes.verdict} data-tone={tone}>
      <Stack gap="md">
        <Group gap="md" wrap="nowrap" align="flex-start">
          <Icon size={36} className={classes.icon} aria-hidden />
          <Stack gap={6}>
            <Title order={2} size="h3" className={classes.sentence} data-testid="verdict">
              <Written text={verdictOf(report, side === 'server' ? status : undefined)} />
            </Title>
            {meaningOf(report).map((line) => (
              <Text key={line} size="sm">
                {line}
              </Text>
            ))}
            <Text size="sm" c="dimmed">
              {BY[side]}
            </Text>
            {side === 'browser' && report.status !== 'unverifiable' && (
              <Comparison report={report} noted={noted} />
            )}
          </Stack>
        </Group>
        {report.findingCount > 0 && <Findings report={report} />}
        <Divider />
        <Stack gap={6}>
          <Title order={3} size="h6">
            Not checked
          </Title>
          <List size="sm" spacing={4}>
            {report.notChecked.map(({ code, message }) => (
              <List.Item key={`${code} ${message}`}>
                <Written text={message} />
              </List.Item>
            ))}
            {side === 'browser' && <List.Item>{PAGE_NOTE}</List.Item>}
          </List>
          {report.last !== null && report.status === 'valid' && (
            <Text size="sm" component="div">
              Note this down outside of this system, and compare it next time: position{' '}
              {number(report.last.seq)}, hash{' '}
              <HashCode hash={report.last.hash} label="the hash of the last entry" />
            </Text>
          )}
        </Stack>
      </Stack>
    </Paper>
  );
}
