import { Alert, Anchor, Code, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { entryHash } from '@sealtrail/format';
import { useQuery } from '@tanstack/react-query';
import { Link2, Link2Off } from 'lucide-react';
import { Link } from 'react-router';
import type { StoredEntry } from '../api/answers.ts';
import { pathOf, ServiceError } from '../api/client.ts';
import { storedEntryQuery } from '../api/queries.ts';
import { HashCode } from '../parts/bits.tsx';
import { ErrorNote, Loading } from '../parts/states.tsx';
import { number, typeWords } from '../parts/words.ts';
import { Written } from '../parts/written.tsx';
import classes from './integrity.module.css';

type Stored = Pick<StoredEntry, 'seq' | 'bytes' | 'hash'>;

/** The entry at the broken place between its neighbours, with every hash computed again in this page. */
export function BrokenEntry({ tenant, seq }: { readonly tenant: string; readonly seq: number }) {
  const { data, error, refetch } = useQuery(storedEntryQuery(tenant, seq));
  if (error instanceof ServiceError && error.status === 404) return <Gone tenant={tenant} seq={seq} />;
  if (error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="Opening the broken place" />;
  const chain = [data, ...data.around].sort((a, b) => a.seq - b.seq);
  return (
    <Paper>
      <Stack>
        <Title order={2} size="h4">
          The place: position {number(seq)} and its neighbours
        </Title>
        <Text size="sm" c="dimmed">
          Each entry records the hash of the one before it. The hashes below were computed again in this page,
          from the text that is stored now.
        </Text>
        <div className={classes.chain}>
          {chain.map((stored, i) => {
            const before = chain[i - 1];
            return (
              <div key={stored.seq}>
                {before !== undefined && before.seq === stored.seq - 1 && (
                  <LinkBetween before={before} after={stored} />
                )}
                <Node tenant={tenant} stored={stored} isPlace={stored.seq === seq} />
              </div>
            );
          })}
        </div>
      </Stack>
    </Paper>
  );
}

/** Where an entry stood, between what is left. */
function Gone({ tenant, seq }: { readonly tenant: string; readonly seq: number }) {
  return (
    <Paper>
      <Stack gap="xs">
        {seq > 0 && <Neighbour tenant={tenant} seq={seq - 1} />}
        <Alert color="red" title={`Nothing is stored at position ${number(seq)}`}>
          The entry that stood here is gone.
        </Alert>
        <Neighbour tenant={tenant} seq={seq + 1} />
      </Stack>
    </Paper>
  );
}

/** Nothing, where there is none. */
function Neighbour({ tenant, seq }: { readonly tenant: string; readonly seq: number }) {
  const { data } = useQuery(storedEntryQuery(tenant, seq));
  return data === undefined ? null : <Node tenant={tenant} stored={data} isPlace={false} />;
}

function LinkBetween({ before, after }: { readonly before: Stored; readonly after: Stored }) {
  const good = fieldOf(after, 'prev') === entryHash(before.bytes);
  return (
    <div className={classes.link} data-good={good}>
      {good ? <Link2 size={16} aria-hidden /> : <Link2Off size={16} aria-hidden />}
      {good
        ? `Entry ${number(after.seq)} records exactly this content of entry ${number(before.seq)}.`
        : `Entry ${number(after.seq)} recorded another content of entry ${number(before.seq)} than is stored now.`}
    </div>
  );
}

function Node(props: { readonly tenant: string; readonly stored: Stored; readonly isPlace: boolean }) {
  const { tenant, stored, isPlace } = props;
  const { seq, bytes, hash } = stored;
  const computed = entryHash(bytes);
  const type = fieldOf(stored, 'type');
  return (
    <div className={classes.node} data-broken={isPlace}>
      <Group justify="space-between" gap="xs">
        <Text fw={600}>
          {number(seq)} · {type === undefined ? 'unreadable' : typeWords(type)}
        </Text>
        <Anchor component={Link} size="sm" to={`/${pathOf('t', tenant, 'log')}?entry=${seq}`}>
          Show in the log
        </Anchor>
      </Group>
      <Group gap="lg" mt={4}>
        <Text size="sm" component="div">
          Recorded hash <HashCode hash={hash} label={`the recorded hash of entry ${seq}`} />
        </Text>
        <Text
          size="sm"
          component="div"
          c={computed === hash ? 'dimmed' : 'var(--mantine-color-red-light-color)'}
        >
          Hash of its text {computed === hash ? '(the same)' : '(different)'}{' '}
          <HashCode hash={computed} label={`the computed hash of entry ${seq}`} />
        </Text>
      </Group>
      {isPlace && (
        <Code
          block
          className={classes.bytes}
          mt="sm"
          tabIndex={0}
          role="region"
          aria-label={`The stored text of entry ${seq}`}
        >
          <Written text={pretty(bytes)} />
        </Code>
      )}
    </div>
  );
}

function fieldOf({ bytes }: Stored, name: string): string | undefined {
  try {
    const value: unknown = Object(JSON.parse(bytes))[name];
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function pretty(bytes: string): string {
  try {
    return JSON.stringify(JSON.parse(bytes), null, 2);
  } catch {
    return bytes;
  }
}
