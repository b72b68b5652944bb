import { ActionIcon, Group, Text, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { LogOut, Moon, Sun } from 'lucide-react';
import { BusyButton } from '../parts/busy-button.tsx';
import { ErrorNote } from '../parts/states.tsx';
import { Written } from '../parts/written.tsx';
import { useMe, useSignOut } from '../session/session.tsx';
import classes from './shell.module.css';

/** Who is signed in, and the way out. */
export function Who() {
  const me = useMe();
  const signOut = useMutation({ mutationFn: useSignOut() });
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const other = scheme === 'dark' ? 'light' : 'dark';
  return (
    <div className={classes.foot}>
      <div>
        <Text size="sm" fw={600} truncate>
          <Written text={me.name} />
        </Text>
        <Text size="xs" c="dimmed">
          {me.role}
          {me.scope.record !== undefined && `, one ${me.scope.record.type} only`}
        </Text>
      </div>
      {signOut.error && <ErrorNote error={signOut.error} />}
      <Group gap="xs" justify="space-between" wrap="nowrap">
        <BusyButton
          variant="default"
          size="xs"
          leftSection={<LogOut size={14} aria-hidden />}
          isBusy={signOut.isPending}
          onClick={() => signOut.mutate()}
        >
          Sign out
        </BusyButton>
        <ActionIcon
          variant="default"
          size="md"
          aria-label={`Use ${other} colours`}
          onClick={() => setColorScheme(other)}
        >
          {scheme === 'dark' ? <Sun size={16} aria-hidden /> : <Moon size={16} aria-hidden />}
        </ActionIcon>
      </Group>
    </div>
  );
}
