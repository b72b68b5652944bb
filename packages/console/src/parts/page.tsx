import { Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { Written, writtenOut } from './written.tsx';

/** A page's heading, and the title of the browser's tab. */
export function Page(props: {
  readonly title: string;
  readonly about?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${writtenOut(props.title)} · Sealtrail`;
  }, [props.title]);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-end" gap="md">
        <Stack gap={4} flex="1 1 20rem">
          <Title order={1} size="h2" tabIndex={-1}>
            <Written text={props.title} />
          </Title>
          {props.about && (
            <Text c="dimmed" maw="46rem" component="div">
              {props.about}
            </Text>
          )}
        </Stack>
        {props.actions}
      </Group>
      {props.children}
    </Stack>
  );
}
