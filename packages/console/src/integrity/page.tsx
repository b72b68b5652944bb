import { Button, Paper, SegmentedControl, Stack, Text, VisuallyHidden } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { ShieldQuestion } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Run } from '../api/answers.ts';
import { runsQuery, statusQuery } from '../api/queries.ts';
import { Moment } from '../parts/bits.tsx';
import { BusyButton } from '../parts/busy-button.tsx';
import { Page } from '../parts/page.tsx';
import { usePlace } from '../parts/place.ts';
import { ErrorNote } from '../parts/states.tsx';
import { entries, firstUpper } from '../parts/words.ts';
import { Written } from '../parts/written.tsx';
import { BrokenEntry } from './broken-entry.tsx';
import type { Check, Side } from './check.ts';
import { useCheck, useChecks } from './checks.tsx';
import { Disagreement } from './disagreement.tsx';
import { Lag } from './lag.tsx';
import { PastRuns } from './past-runs.tsx';
import { CheckProgressCard, reached } from './progress.tsx';
import { verdictOf } from './verdict.ts';
import { VerdictCard } from './verdict-card.tsx';

/** Up to this many entries, the browser's own check starts with the server's: some seconds and tens of megabytes. */
const BROWSER_AT_ONCE = 100_000;

/** Is the log what was recorded? */
export function IntegrityPage() {
  const { tenant = '' } = usePlace();
  const [side, setSide] = useState<Side>('server');
  const isNarrow = useMediaQuery('(max-width: 30em)');
  const checks = useChecks();
  const bySide = { server: useCheck(tenant, 'server'), browser: useCheck(tenant, 'browser') };
  const { data: status, error, refetch } = useQuery(statusQuery(tenant));
  const past = useQuery(runsQuery(tenant));
  const runs = past.data?.runs;
  const running = runs?.find(({ state }) => state === 'running');
  useEffect(() => {
    if (running !== undefined) checks.join(running);
  }, [running, checks]);
  const size = status?.tenants.find((one) => one.tenant === tenant)?.size ?? 0;
  const isRunning = bySide.server.phase === 'running' || bySide.browser.phase === 'running';
  const check = bySide[side];
  const start = (): void => {
    checks.start(tenant, 'server', size);
    // Of a log whose size nobody has said it is not known that it is small.
    if (status !== undefined && size <= BROWSER_AT_ONCE) checks.start(tenant, 'browser', size);
  };
  return (
    <Page
      title="Integrity"
      about="Is the log still exactly what was recorded? One click walks every entry, from the first to the last."
      actions={
        <BusyButton size="md" onClick={start} isBusy={isRunning}>
          Check the log
        </BusyButton>
      }
    >
      <VisuallyHidden role="status">{announcementOf(check)}</VisuallyHidden>
      <Disagreement {...bySide} />
      <Stack gap="sm">
        <SegmentedControl
          fullWidth
          value={side}
          orientation={isNarrow ? 'vertical' : 'horizontal'}
          onChange={(value) => setSide(value as Side)}
          aria-label="Whose check is shown"
          data={[
            { value: 'server', label: `Checked by the server${outcomeOf(bySide.server)}` },
            { value: 'browser', label: `Checked in your browser${outcomeOf(bySide.browser)}` },
          ]}
        />
        {check.phase === 'running' ? (
          <CheckProgressCard check={check} side={side} onCancel={() => checks.cancel(tenant, side)} />
        ) : check.report !== null ? (
          <VerdictCard report={check.report} side={side} status={status} noted={check.noted} />
        ) : (
          <NoVerdict
            check={check}
            side={side}
            last={runs?.[0]}
            isSure={past.data?.damaged.length === 0}
            size={size}
            onStart={() => checks.start(tenant, side, size)}
          />
        )}
      </Stack>
      {check.report?.status === 'broken' && check.report.position !== null && (
        <BrokenEntry key={check.finished} tenant={tenant} seq={check.report.position} />
      )}
      {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {status && <Lag status={status} tenant={tenant} />}
      {past.error ? (
        <ErrorNote
          title="The past checks cannot be read"
          error={past.error}
          onRetry={() => void past.refetch()}
        />
      ) : (
        <PastRuns past={past.data} />
      )}
    </Page>
  );
}

/** Nothing is green before it was checked, whatever an earlier check said. */
function NoVerdict(props: {
  readonly check: Check;
  readonly side: Side;
  readonly last: Run | undefined;
  /** Whether no later one can be, of those whose rows are damaged. */
  readonly isSure: boolean;
  readonly size: number;
  readonly onStart: () => void;
}) {
  const { check, side, last, isSure, size } = props;
  if (check.phase === 'failed' && check.error) {
    return (
      <>
        <ErrorNote error={check.error} title="The check could not be carried out" onRetry={props.onStart} />
        {check.progress && <Text size="sm">Before that: {reached(check.progress)}.</Text>}
      </>
    );
  }
  return (
    <Paper>
      <Stack gap="xs" align="flex-start">
        <Text fw={600}>
          <ShieldQuestion size={18} aria-hidden style={{ verticalAlign: '-3px' }} />{' '}
          {check.phase === 'cancelled' ? 'The check was cancelled' : 'Not checked since you opened this page'}
        </Text>
        {side === 'server' && last?.report && (
          <Text size="sm" c={last.state === 'broken' ? 'var(--mantine-color-red-light-color)' : 'dimmed'}>
            The last check{isSure ? '' : ' that can be read'}, of <Moment time={last.started} />, said:{' '}
            <Written text={firstUpper(last.report.summary)} />.
          </Text>
        )}
        {side === 'browser' && (
          <>
            <Text size="sm" c="dimmed">
              Your browser fetches the whole log and walks it by itself, with the same code as the command
              line. It does not trust the server’s answers.{' '}
              {size > BROWSER_AT_ONCE && `This log has ${entries(size)}: it may take minutes.`}
            </Text>
            <Button variant="default" size="xs" onClick={props.onStart}>
              Check in this browser
            </Button>
          </>
        )}
      </Stack>
    </Paper>
  );
}

/** Both outcomes can be seen, whichever check is shown. */
function outcomeOf({ phase, report }: Check): string {
  if (phase === 'running') return ': running';
  if (phase === 'failed') return ': no verdict';
  return report === null ? '' : `: ${report.status}`;
}

/** For those who hear the page: the beginning and the end, not every step. */
function announcementOf({ phase, report, error }: Check): string {
  if (phase === 'running') return 'The check is running.';
  if (report !== null) return verdictOf(report, undefined);
  if (error !== null) return `The check could not be carried out: ${error.message}`;
  return '';
}
