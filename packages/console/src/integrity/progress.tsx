import { Button, Group, Paper, Progress, Stack, Text } from '@mantine/core';
import { ErrorNote } from '../parts/states.tsx';
import { entries, number } from '../parts/words.ts';
import type { Check, CheckProgress, Side } from './check.ts';

/** A check under way: how far, how fast, where. */
export function CheckProgressCard(props: {
  readonly check: Check;
  readonly side: Side;
  readonly onCancel: () => void;
}) {
  const { progress, error } = props.check;
  const walked = progress?.walked ?? 0;
  const total = progress?.total ?? null;
  const share = total === null || total === 0 ? undefined : Math.min(100, (100 * walked) / total);
  const who = props.side === 'server' ? 'The server is walking the log' : 'Your browser is walking the log';
  return (
    <Paper>
      <Stack gap="sm">
        <Group justify="space-between">
          <Text fw={600}>{who}</Text>
          <Button variant="default" size="xs" onClick={props.onCancel}>
            Cancel
          </Button>
        </Group>
        <Progress.Root size="lg" role="presentation">
          <Progress.Section value={share ?? 100} animated aria-label={`${who}, entries`} />
        </Progress.Root>
        <Text size="sm" c="dimmed">
          {progress === null || (walked === 0 && total === null)
            ? 'Beginning…'
            : `${reached(progress)}, ${number(progress.rate)} a second`}
        </Text>
        {error && <ErrorNote error={error} />}
      </Stack>
    </Paper>
  );
}

/** How far a check is, or came. */
export function reached({ walked, total, position }: CheckProgress): string {
  const of = total === null ? entries(walked) : `${number(walked)} of ${entries(total)}`;
  return `${of} walked${position === null ? '' : `, up to position ${number(position)}`}`;
}
