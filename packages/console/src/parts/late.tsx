import { Button, Group, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { RotateCw } from 'lucide-react';
import { useEffect, useState } from 'react';

/** So long somebody waits without a word, in milliseconds. */
const SILENCE_MS = 15_000;

/**
 * Stands beside what is waited for: after a while it says that it is waited for long, and asks again for who wants that. What reads a
 * large log may take minutes, so it is not given up by itself.
 */
export function Late() {
  const queries = useQueryClient();
  // Counted, so that who has asked again waits again.
  const [asked, setAsked] = useState(0);
  const [late, setLate] = useState<number>();
  useEffect(() => {
    const timer = setTimeout(() => setLate(asked), SILENCE_MS);
    return () => clearTimeout(timer);
  }, [asked]);
  const askAgain = async (): Promise<void> => {
    setAsked(asked + 1);
    const under: readonly object[] = queries.getQueryCache().findAll({ fetchStatus: 'fetching' });
    const ofThese = { predicate: (query: object) => under.includes(query) };
    await queries.cancelQueries(ofThese);
    await queries.refetchQueries(ofThese);
  };
  return (
    <Group gap="xs" justify="center" role="status">
      {late === asked && (
        <>
          <Text size="sm">
            This takes longer than usual. The first question about a long log may take minutes; an answer that
            was lost on its way never comes.
          </Text>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<RotateCw size={14} aria-hidden />}
            onClick={() => void askAgain()}
          >
            Ask again
          </Button>
        </>
      )}
    </Group>
  );
}
