import { Badge, Group, Tooltip } from '@mantine/core';
import { COLOR_OF } from '../parts/words.ts';
import type { StateBadge } from './row-state.ts';

/** The column is narrow, and what a badge says must not be cut. */
export const WRAPPED = {
  root: { paddingBlock: 2, lineHeight: 1.3 },
  label: { whiteSpace: 'normal', overflowWrap: 'anywhere', textAlign: 'center' },
} as const;

export function Badges({ badges }: { readonly badges: readonly StateBadge[] }) {
  return (
    <Group gap={4}>
      {badges.map(({ words, tone, about }) => (
        <Tooltip key={words} label={about} multiline w={260}>
          <Badge color={COLOR_OF[tone]} fw={600} h="auto" mih={20} miw={0} styles={WRAPPED}>
            {words}
          </Badge>
        </Tooltip>
      ))}
    </Group>
  );
}
