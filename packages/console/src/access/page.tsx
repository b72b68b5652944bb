import { Alert, Badge, Button, Group, Modal, Paper, Stack, Table, Text, VisuallyHidden } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { Scope, Token } from '../api/answers.ts';
import { pathOf, tell } from '../api/client.ts';
import { tokensQuery } from '../api/queries.ts';
import { Moment } from '../parts/bits.tsx';
import { BusyButton } from '../parts/busy-button.tsx';
import { Page } from '../parts/page.tsx';
import { Scrolling } from '../parts/scrolling.tsx';
import { ErrorNote, Loading } from '../parts/states.tsx';
import { count } from '../parts/words.ts';
import { Written, writtenOut } from '../parts/written.tsx';
import { NewTokenForm } from './new-token.tsx';

/** A token as somebody is asked about it; of a damaged one, only the id is known. */
type Named = Pick<Token, 'id' | 'name'>;

/** Who may look: access tokens, and auditors' links. */
export function AccessPage() {
  const { data, error, refetch } = useQuery(tokensQuery);
  const [isOpen, { open, close }] = useDisclosure(false);
  const [revoking, setRevoking] = useState<Named>();
  return (
    <Page
      title="Access"
      about="Tokens for people and programs, and links for auditors. Each sees only what its scope includes, until it expires or is revoked. Whatever they look at is recorded in the log of access."
      actions={
        <Button leftSection={<Plus size={16} aria-hidden />} onClick={open}>
          Give access
        </Button>
      }
    >
      {error ? (
        <ErrorNote error={error} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <Loading what="Reading the tokens" />
      ) : (
        <Paper>
          {data.damaged.length > 0 && <Damaged ids={data.damaged} onRevoke={setRevoking} />}
          <Scrolling label="Access that was given">
            <Table miw={680}>
              <Table.Thead>
                <Table.Tr>
                  {['For', 'Role', 'Sees', 'Until', 'State', ''].map((title) => (
                    <Table.Th scope="col" key={title}>
                      {title === '' ? <VisuallyHidden>Revoke</VisuallyHidden> : title}
                    </Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {data.tokens.map((token) => (
                  <TokenRow key={token.id} token={token} onRevoke={() => setRevoking(token)} />
                ))}
              </Table.Tbody>
            </Table>
          </Scrolling>
        </Paper>
      )}
      <Modal
        opened={isOpen}
        onClose={close}
        title="Give access"
        size="lg"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <NewTokenForm onDone={close} />
      </Modal>
      <Modal
        opened={revoking !== undefined}
        onClose={() => setRevoking(undefined)}
        onExitTransitionEnd={() => {
          // The button that led here goes with what it revoked.
          if (document.activeElement === document.body) document.querySelector('h1')?.focus();
        }}
        title="Revoke access"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {revoking && <Revoke token={revoking} onDone={() => setRevoking(undefined)} />}
      </Modal>
    </Page>
  );
}

function Damaged(props: { readonly ids: readonly string[]; readonly onRevoke: (token: Named) => void }) {
  const { ids, onRevoke } = props;
  return (
    <Alert color="yellow" title={`${count(ids.length, 'token')} cannot be read`} role="status" mb="md">
      What the service kept of {ids.length === 1 ? 'it' : 'them'} is not what it wrote. Nobody is let in with{' '}
      {ids.length === 1 ? 'it' : 'them'}. Look who could write to the database.
      {ids.map((id) => (
        <Group key={id} gap="xs" mt="xs">
          <Written text={id} />
          <Button
            variant="default"
            size="compact-sm"
            onClick={() => onRevoke({ id, name: id })}
            aria-label={`Revoke ${writtenOut(id)}`}
          >
            Revoke
          </Button>
        </Group>
      ))}
    </Alert>
  );
}

function stateOf({ revoked, expires }: Token): { readonly words: string; readonly live: boolean } {
  if (revoked) return { words: 'revoked', live: false };
  if (expires && Date.parse(expires) <= Date.now()) return { words: 'expired', live: false };
  return { words: 'in force', live: true };
}

function TokenRow({ token, onRevoke }: { readonly token: Token; readonly onRevoke: () => void }) {
  const { words, live } = stateOf(token);
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={500}>
        <Written text={token.name} />
      </Table.Th>
      <Table.Td>{token.role}</Table.Td>
      <Table.Td>
        <Written text={scopeWords(token.scope)} />
      </Table.Td>
      <Table.Td>{token.expires ? <Moment time={token.expires} /> : 'no end'}</Table.Td>
      <Table.Td>
        <Badge color={live ? 'blue' : 'gray'}>{words}</Badge>
      </Table.Td>
      <Table.Td ta="right">
        {live && (
          <Button
            variant="default"
            size="xs"
            onClick={onRevoke}
            aria-label={`Revoke the access of ${writtenOut(token.name)}`}
          >
            Revoke
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function scopeWords({ tenants, record }: Scope): string {
  if (tenants === 'all') return 'all tenants';
  return record === undefined ? tenants.join(', ') : `${record.type} ${record.id} of ${tenants.join(', ')}`;
}

function Revoke({ token, onDone }: { readonly token: Named; readonly onDone: () => void }) {
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => tell(pathOf('tokens', token.id), { method: 'DELETE' }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: tokensQuery.queryKey });
      onDone();
    },
  });
  return (
    <Stack>
      <Text>
        <Written text={token.name} /> can see nothing from now on, and neither can anybody whom they gave
        access to. This cannot be undone; a new token can be made at any time.
      </Text>
      {revoke.error && <ErrorNote error={revoke.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onDone}>
          Keep it
        </Button>
        <BusyButton color="red" isBusy={revoke.isPending} onClick={() => revoke.mutate()}>
          Revoke
        </BusyButton>
      </Group>
    </Stack>
  );
}
