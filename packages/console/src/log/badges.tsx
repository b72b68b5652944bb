import { Badge, Group, Tooltip } from '@mantine/core';
import { COLOR_OF } from '../parts/words.ts';
import type { StateBadge } from './row-state.ts';

export function Badges({ badges }: { readonly badges: readonly StateBadge[] }) {
  return (
    <Group gap={4}>
      {badges.map(({ words, tone, about }) => (
        <Tooltip key={words} label={about} multiline w={260}>
          <Badge color={COLOR_OF[tone]} fw={600}>
            {words}
          </Badge>
        </Tooltip>
      ))}
    </Group>
  );
}
