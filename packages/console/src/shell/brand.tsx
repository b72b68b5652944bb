import { Group, Text } from '@mantine/core';
import { ShieldCheck } from 'lucide-react';
import classes from './shell.module.css';

export function Brand() {
  return (
    <Group gap="xs" wrap="nowrap">
      <span className={classes.mark}>
        <ShieldCheck size={18} aria-hidden />
      </span>
      <Text fw={650} size="lg">
        Sealtrail
      </Text>
    </Group>
  );
}
