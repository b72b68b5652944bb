import { Alert, Button, Center, Group, Loader, Paper, Stack, Text, Title } from '@mantine/core';
import { CircleAlert, RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { ServiceError } from '../api/client.ts';
import classes from './bits.module.css';
import { Late } from './late.tsx';
import { firstUpper } from './words.ts';
import { Written } from './written.tsx';

// What a page shows when it has nothing to show, yet or at all.

export function Loading({ what }: { readonly what: string }) {
  return (
    <Center mih="8rem">
      <Stack gap="xs" align="center">
        <Group gap="sm" role="status" aria-label={`${what}…`}>
          <Loader size="sm" aria-hidden />
          <Text c="dimmed">{what}…</Text>
        </Group>
        <Late />
      </Stack>
    </Center>
  );
}

/**
 * @param title what could not be done, where the error alone does not say it
 * @param onRetry when trying again may help
 */
export function ErrorNote({
  error,
  title,
  onRetry,
}: {
  readonly error: Error;
  readonly title?: string;
  readonly onRetry?: (() => void) | undefined;
}) {
  return (
    <Alert
      color="red"
      title={title ?? titleOf(error)}
      icon={<CircleAlert aria-hidden />}
      role="alert"
      my="md"
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm" className={classes.whole}>
          {title !== undefined && error instanceof ServiceError && `${titleOf(error)}. `}
          <Written text={helpFor(error)} />
        </Text>
        {onRetry && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<RotateCw size={14} aria-hidden />}
            onClick={onRetry}
          >
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

function titleOf(error: Error): string {
  if (!(error instanceof ServiceError)) return 'Something on this page went wrong';
  if (error.status === 0) return 'The service does not answer';
  if (error.status === 401) return 'You are not signed in any more';
  if (error.status === 403) return 'Your access does not include this';
  if (error.status === 404) return 'Nothing is here';
  if (error.code === 'pruned') return 'It is not stored here any more';
  if (error.code === 'log_broken') return 'The log cannot be read past a broken place';
  if (error.status >= 500) return 'The service has trouble';
  return 'The service refused';
}

function helpFor(error: Error): string {
  if (!(error instanceof ServiceError)) return error.message;
  if (error.status === 0) return 'Look whether it runs and whether you are connected, then try again.';
  if (error.status === 401) return 'Load the page again and sign in.';
  if (error.status === 403) return 'Ask an administrator for a token with more rights.';
  if (error.status === 404) return 'It does not exist, or it lies outside of what your access includes.';
  if (error.code === 'pruned')
    return `${firstUpper(error.message)}. What was pruned is proved from its archive, which the operator keeps.`;
  if (error.code === 'log_broken')
    return `${error.message}. Run a check under “Integrity”: it names the exact place.`;
  return error.message;
}

export function Empty(props: {
  readonly title: string;
  readonly icon?: ReactNode;
  readonly children?: ReactNode;
}) {
  return (
    <Paper p="xl">
      <Stack align="center" gap="xs" ta="center" py="lg">
        {props.icon}
        <Title order={2} size="h4">
          {props.title}
        </Title>
        <Text c="dimmed" maw="32rem" component="div">
          {props.children}
        </Text>
      </Stack>
    </Paper>
  );
}
