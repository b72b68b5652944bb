import { Group, List, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { verifyProof } from '@sealtrail/verifier/stream';
import type { ViewEntry } from '@sealtrail/views';
import { useQuery } from '@tanstack/react-query';
import { Check, FileCheck2, X } from 'lucide-react';
import { askText, pathOf } from '../api/client.ts';
import { storedEntryQuery } from '../api/queries.ts';
import { BusyButton } from '../parts/busy-button.tsx';
import { saveText, useDownload } from '../parts/download.ts';
import { ErrorNote, Loading } from '../parts/states.tsx';
import { firstUpper } from '../parts/words.ts';
import { NotSealed } from '../record/not-sealed.tsx';
import { factsOfStored } from './entry-facts.ts';

/** One entry, computed again in this page from its raw text. It says nothing of the rest of the log. */
export function CheckHere({ tenant, entry }: { readonly tenant: string; readonly entry: ViewEntry }) {
  const { data, error } = useQuery(storedEntryQuery(tenant, entry.seq));
  const proof = useDownload(async (signal) => {
    const text = await askText(pathOf('tenants', tenant, 'entries', entry.seq, 'proof'), signal);
    const report = verifyProof(text);
    saveText(`${tenant}-entry-${entry.seq}.json`, text, 'application/json');
    return report;
  });
  return (
    <Stack gap="xs" align="flex-start">
      <Title order={2} size="h6">
        Computed again in this page
      </Title>
      {error ? (
        <ErrorNote error={error} />
      ) : data === undefined ? (
        <Loading what="Fetching the stored text" />
      ) : null}
      {data && (
        <List spacing={4} size="sm" center>
          {factsOfStored(data, tenant, entry).map(({ good, words }) => (
            <List.Item
              key={words}
              icon={
                <ThemeIcon size={18} radius="xl" color={good ? 'green' : 'red'} variant="light">
                  {good ? <Check size={12} aria-label="Right:" /> : <X size={12} aria-label="Wrong:" />}
                </ThemeIcon>
              }
            >
              {words}
            </List.Item>
          ))}
        </List>
      )}
      <Text size="sm" c="dimmed">
        Only a full check says that the whole log is as recorded.
        {typeof entry.data['proposal'] === 'string' &&
          ' What is said of the proposal comes from other entries as well: each is computed again where it is opened.'}
      </Text>
      <Group gap="xs">
        <BusyButton
          variant="default"
          size="xs"
          leftSection={<FileCheck2 size={14} aria-hidden />}
          isBusy={proof.isPending}
          onClick={proof.start}
          onCancel={proof.cancel}
        >
          Download the proof of this entry
        </BusyButton>
      </Group>
      {proof.error && <NotSealed error={proof.error} />}
      {proof.data && (
        <Text size="sm" role="status">
          {firstUpper(proof.data.summary)}. Whoever gets the file can check it with{' '}
          <code>sealtrail-verify</code>.
        </Text>
      )}
    </Stack>
  );
}
