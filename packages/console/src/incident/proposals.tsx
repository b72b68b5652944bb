import { Anchor, Badge, Paper, Stack, Table, Text, Title } from '@mantine/core';
import type { IncidentProposal, ViewEntry } from '@sealtrail/views';
import { Link } from 'react-router';
import { pathOf, queryOf } from '../api/client.ts';
import { Badges } from '../log/badges.tsx';
import { textOf } from '../log/filter.ts';
import type { StateBadge } from '../log/row-state.ts';
import { ActorName } from '../parts/bits.tsx';
import classes from '../parts/json.module.css';
import { Value } from '../parts/json.tsx';
import { Scrolling } from '../parts/scrolling.tsx';
import { confidenceWords, spaced } from '../parts/words.ts';
import { Written } from '../parts/written.tsx';
import { type Held, heldAgainst, leftOut } from './held-against.ts';

const COLUMNS = [
  ['Proposal', '15%'],
  ['What', '12%'],
  ['Agent', '19%'],
  ['Reason', '20%'],
  ['Confidence', '12%'],
  ['Outcome', '10%'],
  ['Let through by', '12%'],
] as const;

const HELD: Readonly<Record<Held, readonly StateBadge[]>> = {
  same: [],
  other: [
    {
      words: 'not as below',
      tone: 'bad',
      about:
        'The entries that are shown below say something else of this proposal than the service does here.',
    },
  ],
  open: [
    {
      words: 'not checked',
      tone: 'plain',
      about: 'What stands here rests on entries that are not shown below: it is the service’s word.',
    },
  ],
};

/** The proposals of an incident: those approved in bulk with little confidence first. */
export function ProposalTable(props: {
  readonly tenant: string;
  readonly proposals: ReadonlyMap<string, IncidentProposal>;
  /** The entries that are shown below. */
  readonly entries: readonly ViewEntry[];
}) {
  const { tenant, proposals, entries } = props;
  const shown = new Map(entries.map((entry) => [entry.id, entry]));
  const left = leftOut(tenant, proposals, shown);
  const rows = [...proposals].sort(
    ([, a], [, b]) => Number(b.low_confidence_bulk) - Number(a.low_confidence_bulk),
  );
  if (rows.length === 0 && left.length === 0) return null;
  return (
    <Paper>
      <Stack gap="sm">
        <Title order={2} size="h4">
          Proposals
        </Title>
        <Text size="sm" c="dimmed">
          As the service puts them together. This page did the same with the entries below, and says so where
          the outcome is another one, or rests on entries that are not shown there. Those entries are what a
          check is of.
        </Text>
        {left.length > 0 && (
          <Text size="sm" c="var(--mantine-color-red-light-color)">
            The service leaves out what is proposed below: <Written text={left.join(', ')} />
          </Text>
        )}
        <Scrolling label="Proposals of this incident">
          <Table miw={760} layout="fixed" className={classes.columns}>
            <Table.Thead>
              <Table.Tr>
                {COLUMNS.map(([title, width]) => (
                  <Table.Th scope="col" key={title} w={width}>
                    {title}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map(([id, one]) => (
                <Table.Tr key={id}>
                  <Table.Th scope="row" fw={500}>
                    <Anchor
                      component={Link}
                      size="sm"
                      to={`/${pathOf('t', tenant, 'log')}${queryOf({ q: textOf([{ name: 'proposal', value: id }]) })}`}
                    >
                      <Written text={id} />
                    </Anchor>
                    <Badges badges={HELD[heldAgainst(tenant, id, one, shown)]} />
                  </Table.Th>
                  <Table.Td>
                    <Written text={one.action ?? 'not recorded'} />
                  </Table.Td>
                  <Table.Td>
                    <ActorName actor={one.agent} isWhole />
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
                    {one.approver === undefined ? 'nobody' : <ActorName actor={one.approver} isWhole />}
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
