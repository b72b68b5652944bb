import { Text } from '@mantine/core';
import { Diff } from '../parts/diff.tsx';

/** What a write to the CRM changed, if its values still exist. */
export function ChangeDiff({ values }: { readonly values: Readonly<Record<string, unknown>> }) {
  const { before, after } = values;
  if (before === undefined && after === undefined) {
    return (
      <Text size="sm" c="dimmed">
        The values before and after are gone.
      </Text>
    );
  }
  return (
    <Diff
      caption="The CRM’s values before and after"
      labels={['Before', 'After']}
      before={before}
      after={after}
    />
  );
}
