import { Alert, Button, Stack, Text } from '@mantine/core';
import type { Status } from '../api/answers.ts';
import { number } from '../parts/words.ts';

/** Why the entry that was asked for is not among those around its place. */
export function Absent(props: {
  readonly seq: number;
  readonly log: Status['tenants'][number] | undefined;
  readonly onAll: () => void;
}) {
  const { seq, log } = props;
  const isPruned = log !== undefined && seq < log.first;
  return (
    <Alert
      color="yellow"
      title={`Position ${number(seq)} ${isPruned ? 'was pruned' : 'is not stored'}`}
      role="status"
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">
          {log === undefined
            ? 'Nothing is stored there.'
            : isPruned
              ? `Positions 0 to ${number(log.first - 1)} were moved into an archive, which the operator keeps.`
              : seq >= log.size
                ? `The log ends at position ${number(log.size - 1)}.`
                : 'A check under “Integrity” tells whether something was removed.'}
        </Text>
        <Button size="compact-sm" variant="default" onClick={props.onAll}>
          Show the whole log
        </Button>
      </Stack>
    </Alert>
  );
}
