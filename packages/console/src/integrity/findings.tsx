import { Badge, Table, Text } from '@mantine/core';
import type { TenantReport } from '@sealtrail/verifier/stream';
import { Scrolling } from '../parts/scrolling.tsx';
import { count, number } from '../parts/words.ts';
import { Written } from '../parts/written.tsx';

/** As many as help; a log changed everywhere has one for each entry. */
const SHOWN = 20;

export function Findings({ report }: { readonly report: TenantReport }) {
  const { findings, findingCount } = report;
  const shown = findings.slice(0, SHOWN);
  return (
    <Scrolling label="Findings">
      <Table captionSide="top" miw={520}>
        <Table.Caption>
          <Text size="sm" c="dimmed" ta="left">
            {count(findingCount, 'finding')}
            {shown.length < findingCount && `, the first ${shown.length} of them`}
          </Text>
        </Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Position</Table.Th>
            <Table.Th scope="col">What is wrong</Table.Th>
            <Table.Th scope="col">Code</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shown.map(({ code, position, message }) => (
            <Table.Tr key={`${code} ${position} ${message}`}>
              <Table.Td>{position === null ? 'none' : number(position)}</Table.Td>
              <Table.Td>
                <Written text={message} />
              </Table.Td>
              <Table.Td>
                <Badge color="gray">{code}</Badge>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scrolling>
  );
}
