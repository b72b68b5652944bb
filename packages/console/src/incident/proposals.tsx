import { Anchor, Badge, Paper, Stack, Table, Title } from '@mantine/core';
import type { IncidentProposal } from '@sealtrail/views';
import { Link } from 'react-router';
import { pathOf, queryOf } from '../api/client.ts';
import { textOf } from '../log/filter.ts';
import { ActorName } from '../parts/bits.tsx';
import { Value } from '../parts/json.tsx';
import { Scrolling } from '../parts/scrolling.tsx';
import { confidenceWords, spaced } from '../parts/words.ts';
import { Written } from '../parts/written.tsx';

/** The proposals of an incident: those approved in bulk with little confidence first. */
export function ProposalTable(props: {
  readonly tenant: string;
  readonly proposals: ReadonlyMap<string, IncidentProposal>;
}) {
  const rows = [...props.proposals].sort(
    ([, a], [, b]) => Number(b.low_confidence_bulk) - Number(a.low_confidence_bulk),
  );
  if (rows.length === 0) return null;
  return (
    <Paper>
      <Stack gap="sm">
        <Title order={2} size="h4">
          Proposals
        </Title>
        <Scrolling label="Proposals of this incident">
          <Table miw={760}>
            <Table.Thead>
              <Table.Tr>
                {['Proposal', 'What', 'Agent', 'Reason', 'Confidence', 'Outcome', 'Let through by'].map(
                  (title) => (
                    <Table.Th scope="col" key={title}>
                      {title}
                    </Table.Th>
                  ),
                )}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map(([id, one]) => (
                <Table.Tr key={id}>
                  <Table.Th scope="row" fw={500}>
                    <Anchor
                      component={Link}
                      size="sm"
                      to={`/${pathOf('t', props.tenant, 'log')}${queryOf({ q: textOf([{ name: 'proposal', value: id }]) })}`}
                    >
                      <Written text={id} />
                    </Anchor>
                  </Table.Th>
                  <Table.Td>
                    <Written text={spaced(one.action ?? 'not recorded')} />
                  </Table.Td>
                  <Table.Td>
                    <ActorName actor={one.agent} />
                    <div>
                      <Written text={[one.agent.agent_version, one.agent.model].filter(Boolean).join(', ')} />
                    </div>
                  </Table.Td>
                  <Table.Td>
                    <Value value={one.rationale ?? 'none recorded'} />
                  </Table.Td>
                  <Table.Td>
                    {one.confidence === undefined ? 'none' : confidenceWords(one.confidence)}
                  </Table.Td>
                  <Table.Td>
                    {spaced(one.outcome ?? one.status)}
                    {one.mode === 'bulk' && (
                      <Badge color={one.low_confidence_bulk ? 'yellow' : 'gray'}>
                        one of {one.batch_size ?? 'many'}
                      </Badge>
                    )}
                  </Table.Td>
                  <Table.Td>
                    {one.approver === undefined ? 'nobody' : <ActorName actor={one.approver} />}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Scrolling>
      </Stack>
    </Paper>
  );
}
