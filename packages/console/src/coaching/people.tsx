import { Anchor, Paper, Stack, Table, Text, Title } from '@mantine/core';
import type { Groups } from '@sealtrail/views';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { pathOf, queryOf } from '../api/client.ts';
import { type Qualifier, textOf } from '../log/filter.ts';
import { Scrolling } from '../parts/scrolling.tsx';
import { count, number } from '../parts/words.ts';
import { Written, writtenOut } from '../parts/written.tsx';

const SHOWN = 200;

/** By name, not by number: this is no ranking. */
export function People(props: {
  readonly tenant: string;
  readonly groups: Groups;
  /** What the counts are of, as qualifiers. */
  readonly among: readonly Qualifier[];
}) {
  const { groups, others } = props.groups;
  if (groups.length === 0) return null;
  const link = (person: string, n: number, what: string, qualifier: Qualifier): ReactNode => {
    if (n === 0) return number(n);
    const q = textOf([{ name: 'actor', value: `user/${person}` }, qualifier, ...props.among]);
    return (
      <Anchor
        component={Link}
        size="sm"
        to={`/${pathOf('t', props.tenant, 'log')}${queryOf({ q })}`}
        aria-label={`${number(n)} ${what} by ${writtenOut(person)}, in the log`}
      >
        {number(n)}
      </Anchor>
    );
  };
  const byName = [...groups].sort((a, b) => (a.value < b.value ? -1 : 1)).slice(0, SHOWN);
  const isPeriod = props.among.some(({ name }) => name === 'since');
  return (
    <Paper component="section" aria-label="By person">
      <Stack gap="sm">
        <div>
          <Title order={2} size="h5">
            By person
          </Title>
          <Text size="sm" c="dimmed">
            In the order of their ids. Counts, for a conversation; people get different proposals, so they
            cannot be compared. A count leads to what it counts
            {isPeriod && ', and to decisions of the period on proposals made before it'}.
            {groups.length > SHOWN && ` The first ${number(SHOWN)} of ${number(groups.length)}.`}
            {others !== undefined && ' There are others, who were not counted apart.'}
          </Text>
        </div>
        <Scrolling label="Decisions by person">
          <Table>
            <Table.Thead>
              <Table.Tr>
                {['Person', 'Decided', 'As proposed', 'With changes', 'Rejected', 'As one of many'].map(
                  (title) => (
                    <Table.Th scope="col" key={title}>
                      {title}
                    </Table.Th>
                  ),
                )}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {byName.map(({ value, counts }) => (
                <Table.Tr key={value}>
                  <Table.Th scope="row" fw={500}>
                    <Written text={value} />
                  </Table.Th>
                  <Table.Td>{count(counts.decided_by_person, 'proposal')}</Table.Td>
                  <Table.Td>
                    {link(value, counts.approved, 'as proposed', { name: 'outcome', value: 'approved' })}
                  </Table.Td>
                  <Table.Td>
                    {link(value, counts.edited, 'with changes', { name: 'outcome', value: 'edited' })}
                  </Table.Td>
                  <Table.Td>
                    {link(value, counts.rejected, 'rejected', { name: 'outcome', value: 'rejected' })}
                  </Table.Td>
                  <Table.Td>
                    {link(value, counts.bulk, 'as one of many', { name: 'mode', value: 'bulk' })}
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
