import { Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Status } from '../api/answers.ts';
import { ago, count, entries, number } from '../parts/words.ts';
import { writtenOut } from '../parts/written.tsx';
import classes from './integrity.module.css';

/** How far the safeguards are behind the log, as the service says. No verdict. */
export function Lag({ status, tenant }: { readonly status: Status; readonly tenant: string }) {
  const log = status.tenants.find((one) => one.tenant === tenant);
  const { seal, sinks } = status;
  return (
    <section aria-label="Safeguards and how far they are behind" className={classes.facts}>
      {log !== undefined && <Anchors log={log} now={status.now} />}
      {log !== undefined && log.first > 0 && (
        <Fact title="Pruned" value={`Positions 0 to ${number(log.first - 1)}`}>
          They were moved into an archive, which is verified by itself.
        </Fact>
      )}
      <Fact
        title="Seal"
        value={seal === null ? 'None yet' : `Number ${number(seal.number)}, ${ago(seal.age_ms)}`}
      >
        {seal === null
          ? 'A seal covers all tenants: only with one is a deleted or set back log noticed.'
          : 'One statement over all tenants. Note it elsewhere.'}
      </Fact>
      <Witnesses status={status} />
      {sinks.map(({ name, outstanding }) => (
        <Fact
          key={name}
          title={`Copy to ${writtenOut(name)}`}
          value={outstanding === 0 ? 'Up to date' : `${number(outstanding)} to deliver`}
        >
          {outstanding === 0 ? 'Everything was delivered.' : 'Waiting for delivery.'}
        </Fact>
      ))}
    </section>
  );
}

function Witnesses({ status: { checkpoint, held, now } }: { readonly status: Status }) {
  if (held) {
    return (
      <Fact title="Witnesses" value="Not known">
        Somebody has the publisher’s database to himself. Ask again later.
      </Fact>
    );
  }
  const names = checkpoint?.witnesses ?? [];
  return (
    <Fact title="Witnesses" value={names.length === 0 ? 'None' : writtenOut(names.join(', '))}>
      {checkpoint === null
        ? 'Nobody outside has countersigned the log.'
        : `Checkpoint over ${count(checkpoint.size, 'seal')}, ${ago(Date.parse(now) - Date.parse(checkpoint.time))}.`}
    </Fact>
  );
}

function Anchors({ log, now }: { readonly log: Status['tenants'][number]; readonly now: string }) {
  const { anchored } = log;
  const waiting = log.size - anchored;
  const oldest = log.oldestUnanchored ?? undefined;
  return (
    <Fact title="Anchors" value={`${number(anchored)} of ${entries(log.size)}`}>
      {waiting <= 0
        ? 'Every entry is under an anchor.'
        : `${entries(waiting)} waiting${oldest === undefined ? '' : `, the oldest since ${ago(Date.parse(now) - Date.parse(oldest))}`}.`}
    </Fact>
  );
}

function Fact({
  title,
  value,
  children,
}: {
  readonly title: string;
  readonly value: string;
  readonly children: ReactNode;
}) {
  return (
    <Paper p="md">
      <Stack gap={2}>
        <Title order={2} size="sm" fw={500} c="dimmed">
          {title}
        </Title>
        <Text fw={600}>{value}</Text>
        <Text size="sm" c="dimmed">
          {children}
        </Text>
      </Stack>
    </Paper>
  );
}
