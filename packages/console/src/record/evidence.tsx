import { Checkbox, Group, Stack, Text } from '@mantine/core';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { askBlob, pathOf, queryOf } from '../api/client.ts';
import { BusyButton } from '../parts/busy-button.tsx';
import { saveBlob, useDownload } from '../parts/download.ts';
import { NotSealed } from './not-sealed.tsx';
import type { RecordName } from './use-history.ts';

/** The record's history as one file, for somebody without access. */
export function Evidence({ name: { tenant, type, id } }: { readonly name: RecordName }) {
  const [isOpen, setOpen] = useState(false);
  // Not a plain link: a browser says nothing of why a download was refused.
  const evidence = useDownload(async (signal) => {
    const path = pathOf('tenants', tenant, 'records', type, id, 'evidence');
    const file = await askBlob(`${path}${queryOf({ disclose: isOpen ? 'all' : undefined })}`, signal);
    // Which of the two may be handed to whom: told apart without being opened.
    saveBlob(`${tenant}-${type}-${id}${isOpen ? '.with-values' : ''}.evidence.gz`, file);
  });
  return (
    <Stack gap="sm" className="sealtrail-screen">
      <Text size="sm" c="dimmed">
        For somebody without access to this system there is one file, up to the newest checkpoint if one is
        published. It is checked with <code>sealtrail-verify FILE --policy POLICY</code>.
      </Text>
      <Group justify="space-between">
        <Checkbox
          checked={isOpen}
          onChange={(event) => setOpen(event.currentTarget.checked)}
          label="With the sealed values: arguments, reasons, texts"
          description="Without them it says who did what and when, and not what was written."
        />
        <BusyButton
          variant="default"
          size="sm"
          leftSection={<Download size={15} aria-hidden />}
          isBusy={evidence.isPending}
          onClick={evidence.start}
          onCancel={evidence.cancel}
        >
          Download evidence
        </BusyButton>
      </Group>
      {evidence.error && <NotSealed error={evidence.error} />}
      {evidence.isSuccess && (
        <Text size="sm" role="status">
          The evidence was downloaded.
        </Text>
      )}
    </Stack>
  );
}
