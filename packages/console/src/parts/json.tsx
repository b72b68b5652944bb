import { Code, Table, Text } from '@mantine/core';
import classes from './json.module.css';

/** Any value that an entry holds, in one line if it is simple. */
export function Value({ value }: { readonly value: unknown }) {
  if (value === undefined)
    return (
      <Text span c="dimmed">
        nothing
      </Text>
    );
  if (typeof value === 'string') return <span className={classes.text}>{value === '' ? '“”' : value}</span>;
  if (typeof value !== 'object' || value === null) return <span>{String(value)}</span>;
  return <Code className={classes.text}>{JSON.stringify(value)}</Code>;
}

/** The members of an object, one a row. */
export function Members({
  members,
  caption,
}: {
  readonly members: Readonly<Record<string, unknown>>;
  readonly caption: string;
}) {
  return (
    <Table variant="vertical" withRowBorders={false} verticalSpacing={4} className={classes.members}>
      <Table.Caption className={classes.hidden}>{caption}</Table.Caption>
      <Table.Tbody>
        {Object.entries(members).map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row" className={classes.name}>
              {name}
            </Table.Th>
            <Table.Td>
              <Value value={value} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
