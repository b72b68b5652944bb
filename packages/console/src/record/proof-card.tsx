import { Divider, Group, List, Paper, Stack, Text, Title } from '@mantine/core';
import type { ViewEntry } from '@sealtrail/views';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ShieldAlert, ShieldCheck } from 'lucide-react';
import { askText, pathOf } from '../api/client.ts';
import classes from '../integrity/integrity.module.css';
import { HashCode, Moment } from '../parts/bits.tsx';
import { BusyButton } from '../parts/busy-button.tsx';
import { ErrorNote, Loading } from '../parts/states.tsx';
import { count, entries, number } from '../parts/words.ts';
import { type Completeness, completenessOf } from './completeness.ts';
import { Evidence } from './evidence.tsx';
import { NotSealed } from './not-sealed.tsx';
import type { RecordName } from './use-history.ts';

interface Props {
  readonly name: RecordName;
  readonly shown: readonly ViewEntry[];
  readonly loaded: 'all' | 'some';
}

interface CardProps extends Props {
  /** Reads the history again. */
  readonly onRenew: () => Promise<unknown>;
}

/** Is this history complete? The proof is fetched, and verified here; the server's word is not enough for it. */
export function ProofCard({ name, shown, loaded, onRenew }: CardProps) {
  const { tenant, type, id } = name;
  const queries = useQueryClient();
  const queryKey = ['proof', tenant, type, id];
  const proof = useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      const proof = await askText(pathOf('tenants', tenant, 'records', type, id, 'proof'), signal);
      // The log may have grown since the history was read: only what differs from one read after the proof does differ.
      if (completenessOf(proof, name, shown, loaded).differences.length > 0) await onRenew();
      return proof;
    },
    // A proof walks the log: only when somebody wants it.
    enabled: false,
  });
  const { data: text, error } = proof;
  return (
    <Paper component="section" aria-label="Completeness">
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start">
          <Title order={2} size="h4">
            Is it complete?
          </Title>
          <Group gap="xs">
            <BusyButton
              onClick={() => void proof.refetch()}
              isBusy={proof.isFetching}
              onCancel={() => void queries.cancelQueries({ queryKey })}
              variant={text ? 'default' : 'filled'}
              size="sm"
            >
              {text ? 'Prove again' : 'Prove that nothing is left out'}
            </BusyButton>
          </Group>
        </Group>
        {proof.isFetching ? (
          <Loading what="Making the proof, which reads the log once" />
        ) : error ? (
          <NotSealed error={error} />
        ) : text === undefined ? (
          <Text size="sm" c="dimmed">
            The proof shows, from a seal over all logs, that these are all entries that touch the record. It
            is checked in your browser, and can be checked by anybody who has it.
          </Text>
        ) : (
          <Outcome text={text} name={name} shown={shown} loaded={loaded} />
        )}
        <Divider className="sealtrail-screen" />
        <Evidence name={name} />
      </Stack>
    </Paper>
  );
}

const VALUES =
  'the sealed values shown below (arguments, reasons, texts), of which the proof has commitments only: an entry that is opened in the log is computed again with them, and evidence with the sealed values can be verified';

function Outcome(props: Props & { readonly text: string }) {
  const { type, id, tenant } = props.name;
  let found: Completeness;
  try {
    found = completenessOf(props.text, { tenant, type, id }, props.shown, props.loaded);
  } catch (error) {
    return <ErrorNote error={error as Error} />;
  }
  const { report, differences, newer } = found;
  const good = report.status === 'valid' && differences.length === 0;
  const Icon = good ? ShieldCheck : ShieldAlert;
  const hasValues = props.shown.some(({ values }) => Object.keys(values).length > 0);
  const unchecked = [
    ...report.notChecked.map(({ message }) => message),
    ...(report.status === 'valid' && hasValues ? [VALUES] : []),
  ];
  return (
    <Group wrap="nowrap" align="flex-start" data-tone={good ? 'good' : 'bad'} role="status">
      <Icon size={28} className={classes.icon} aria-hidden />
      <Stack gap={6}>
        <Text fw={600} className={classes.sentence} data-testid="completeness">
          {good
            ? `Complete: ${count(report.entries.length, 'entry touches', 'entries touch')} this record, and no other does, positions 0 to ${number((report.covered ?? 1) - 1)}`
            : differences.length > 0
              ? 'This page shows another history than the proof'
              : report.summary}
        </Text>
        {differences.slice(0, 10).map((line) => (
          <Text key={line} size="sm">
            {line}
          </Text>
        ))}
        {good && report.seal !== null && (
          <Text size="sm" component="div">
            Checked in your browser, under seal {number(report.seal.number)} of{' '}
            <Moment time={report.seal.time} />, hash{' '}
            <HashCode hash={report.seal.hash} label="the hash of the seal" />
          </Text>
        )}
        {newer > 0 && (
          <Text size="sm">
            {entries(newer)} at the end are newer than the seal, and not covered by the proof.
          </Text>
        )}
        {props.loaded === 'some' && (
          <Text size="sm">Not all of the history is shown yet; what is shown was compared.</Text>
        )}
        {unchecked.length > 0 && (
          <>
            <Text size="sm" c="dimmed">
              Not checked:
            </Text>
            <List size="sm">
              {unchecked.map((message) => (
                <List.Item key={message}>{message}</List.Item>
              ))}
            </List>
          </>
        )}
      </Stack>
    </Group>
  );
}
