import { Badge, Paper, Stack, Table, Text, Title } from '@mantine/core';
import { useTokenNames } from '../access/token-names.ts';
import type { Run, Runs } from '../api/answers.ts';
import { Moment } from '../parts/bits.tsx';
import { Scrolling } from '../parts/scrolling.tsx';
import { Loading } from '../parts/states.tsx';
import { COLOR_OF, count, duration, firstUpper, number, type Tone } from '../parts/words.ts';
import { Written } from '../parts/written.tsx';

const STATES: Readonly<Record<Run['state'], { readonly words: string; readonly tone: Tone }>> = {
  running: { words: 'running', tone: 'plain' },
  valid: { words: 'valid then', tone: 'plain' },
  broken: { words: 'broken', tone: 'bad' },
  cancelled: { words: 'cancelled', tone: 'plain' },
  failed: { words: 'no verdict', tone: 'unsure' },
};

/** What earlier checks by the server said. History, not a verdict: nothing here is green. */
export function PastRuns({ past }: { readonly past: Runs | undefined }) {
  const names = useTokenNames();
  return (
    <Paper>
      <Stack gap="sm">
        <Title order={2} size="h4">
          Past checks by the server
        </Title>
        {past !== undefined && past.damaged.length > 0 && (
          <Text size="sm">
            {count(past.damaged.length, 'check')} cannot be read: what the service keeps of{' '}
            {past.damaged.length === 1 ? 'it' : 'them'} is not what it wrote. Look who could write to the
            database. The log <code>~access</code> says how each check ended.
          </Text>
        )}
        {past === undefined ? (
          <Loading what="Reading the past checks" />
        ) : past.runs.length + past.damaged.length === 0 ? (
          <Text c="dimmed">None yet. The first one will stand here.</Text>
        ) : (
          <Scrolling label="Past checks by the server">
            <Table miw={640}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th scope="col">When</Table.Th>
                  <Table.Th scope="col">Verdict then</Table.Th>
                  <Table.Th scope="col">Entries walked</Table.Th>
                  <Table.Th scope="col">Took</Table.Th>
                  <Table.Th scope="col">Asked for by</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {past.runs.map((run) => (
                  <Table.Tr key={run.id}>
                    <Table.Td>
                      <Moment time={run.started} />
                    </Table.Td>
                    <Table.Td>
                      <Badge color={COLOR_OF[STATES[run.state].tone]}>{STATES[run.state].words}</Badge>
                      {run.state === 'broken' && run.report !== null && (
                        <Text size="sm" mt={4}>
                          <Written text={firstUpper(run.report.summary)} />
                        </Text>
                      )}
                      {run.state === 'failed' && run.error !== null && (
                        <Text size="sm" mt={4}>
                          <Written text={firstUpper(run.error.message)} />
                        </Text>
                      )}
                    </Table.Td>
                    <Table.Td>{number(run.walked)}</Table.Td>
                    <Table.Td>
                      {run.finished === null
                        ? ''
                        : duration(Date.parse(run.finished) - Date.parse(run.started))}
                    </Table.Td>
                    <Table.Td>
                      <Written text={names.get(run.by) ?? run.by} />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Scrolling>
        )}
      </Stack>
    </Paper>
  );
}
