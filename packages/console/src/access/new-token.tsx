import { Alert, Button, Code, Group, NativeSelect, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type NewToken, newToken, ROLES } from '../api/answers.ts';
import { ask } from '../api/client.ts';
import { tenantsQuery, tokensQuery } from '../api/queries.ts';
import { CopyIcon, Moment } from '../parts/bits.tsx';
import { BusyButton } from '../parts/busy-button.tsx';
import { ErrorNote } from '../parts/states.tsx';
import { Written } from '../parts/written.tsx';

const ROLE_WORDS: Readonly<Record<(typeof ROLES)[number], string>> = {
  auditor: 'Reads entries, checks and exports. Gets a link that signs in by itself.',
  manager: 'As an auditor, and sees the coaching figures.',
  admin: 'As a manager, and gives access to others.',
};
const DAYS = ['1', '7', '30', '90', '365'];
const DAY_MS = 86_400_000;

/** Makes a token or an auditor's link, and shows it once. */
export function NewTokenForm({ onDone }: { readonly onDone: () => void }) {
  const { data } = useQuery(tenantsQuery);
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [role, setRole] = useState<(typeof ROLES)[number]>('auditor');
  const [tenant, setTenant] = useState('');
  const [type, setType] = useState('');
  const [id, setId] = useState('');
  const [days, setDays] = useState('30');
  /** What is not shown any more is not meant any more. */
  const hasRecord = tenant !== '' && role === 'auditor';
  const make = useMutation({
    mutationFn: () => {
      const record = { type: type.trim(), id: id.trim() };
      // Half a record is refused by the service: without it, the whole log would be given away.
      const isOfRecord = hasRecord && (record.type !== '' || record.id !== '');
      const scope = {
        tenants: tenant === '' ? 'all' : [tenant],
        ...(isOfRecord ? { record } : {}),
      };
      const expires = new Date(Date.now() + Number(days) * DAY_MS).toISOString();
      return ask('tokens', newToken, { method: 'POST', body: { name: name.trim(), role, scope, expires } });
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
  if (make.data !== undefined) return <Made made={make.data} name={name} onDone={onDone} />;
  // The operator's own logs cannot be named in a scope.
  const names = data?.tenants.map((one) => one.tenant).filter((one) => !one.startsWith('~')) ?? [];
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      <Stack>
        <TextInput
          label="For whom, or for what"
          placeholder="External audit, spring"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          required
          data-autofocus
        />
        <Radio.Group label="Role" value={role} onChange={(value) => setRole(value as typeof role)}>
          <Stack gap="xs" mt={4}>
            {[...ROLES].reverse().map((one) => (
              <Radio key={one} value={one} label={one} description={ROLE_WORDS[one]} />
            ))}
          </Stack>
        </Radio.Group>
        <NativeSelect
          label="Which logs"
          value={tenant}
          onChange={(event) => setTenant(event.currentTarget.value)}
          data={[
            { value: '', label: 'All tenants' },
            ...names.map((one) => ({ value: one, label: `Only ${one}` })),
          ]}
        />
        {hasRecord && (
          <Group grow align="flex-start">
            <TextInput
              label="Only one record: its type"
              description="Leave empty for the whole log"
              value={type}
              onChange={(event) => setType(event.currentTarget.value)}
              required={id.trim() !== ''}
            />
            <TextInput
              label="Its id"
              description="Such as c-104"
              value={id}
              onChange={(event) => setId(event.currentTarget.value)}
              required={type.trim() !== ''}
            />
          </Group>
        )}
        <NativeSelect
          label="For how long"
          description="No longer than your own token, if you are here by one"
          value={days}
          onChange={(event) => setDays(event.currentTarget.value)}
          data={DAYS.map((one) => ({ value: one, label: one === '1' ? '1 day' : `${one} days` }))}
        />
        {make.error && <ErrorNote error={make.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
          <BusyButton type="submit" isBusy={make.isPending}>
            Give access
          </BusyButton>
        </Group>
      </Stack>
    </form>
  );
}

function Made({
  made,
  name,
  onDone,
}: {
  readonly made: NewToken;
  readonly name: string;
  readonly onDone: () => void;
}) {
  return (
    <Stack>
      <Alert color="yellow" title="Copy it now" role="status">
        It is shown this once: the service keeps only a hash of it. Whoever has it can see what{' '}
        <Written text={name} /> may see, until <Moment time={made.expires} />.
      </Alert>
      {made.link !== undefined && <Secret title="Link for the auditor" text={made.link} />}
      <Secret title={made.link === undefined ? 'Token' : 'Or the token alone'} text={made.token} />
      <Group justify="flex-end">
        <Button onClick={onDone}>Done</Button>
      </Group>
    </Stack>
  );
}

function Secret({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <div>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Code
          block
          flex={1}
          style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}
          data-testid="secret"
        >
          {text}
        </Code>
        <CopyIcon text={text} label={title.toLowerCase()} />
      </Group>
    </div>
  );
}
