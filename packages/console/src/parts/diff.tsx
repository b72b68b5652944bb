import { Table, VisuallyHidden } from '@mantine/core';
import { useId } from 'react';
import classes from './json.module.css';
import { Value } from './json.tsx';
import { Written } from './written.tsx';

interface Change {
  readonly name: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly changed: boolean;
}

/** Two objects, member by member. What is no object is compared as a whole. */
function changesOf(before: unknown, after: unknown): Change[] {
  const [left, right] = [membersOf(before), membersOf(after)];
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return names.map((name) => ({
    name,
    before: memberOf(left, name),
    after: memberOf(right, name),
    changed: JSON.stringify(memberOf(left, name)) !== JSON.stringify(memberOf(right, name)),
  }));
}

/** Not what every object has: a member may be called `toString`. */
const memberOf = (members: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(members, name) ? members[name] : undefined;

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined) return {};
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : { value };
}

/** What was, beside what is. A change is marked in words as well as in colour. */
export function Diff(props: {
  readonly caption: string;
  readonly labels: readonly [string, string];
  readonly before: unknown;
  readonly after: unknown;
}) {
  const caption = useId();
  const changes = changesOf(props.before, props.after);
  return (
    <div>
      <p className={classes.caption} id={caption}>
        <Written text={props.caption} />
      </p>
      <Table
        verticalSpacing={4}
        withTableBorder
        layout="fixed"
        className={classes.columns}
        aria-labelledby={caption}
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Field</Table.Th>
            <Table.Th scope="col">{props.labels[0]}</Table.Th>
            <Table.Th scope="col">{props.labels[1]}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {changes.map(({ name, before, after, changed }) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={500}>
                <Written text={name} />
                {changed && <VisuallyHidden> (changed)</VisuallyHidden>}
              </Table.Th>
              <Table.Td className={changed ? classes.before : classes.same}>
                <Value value={before} />
              </Table.Td>
              <Table.Td className={changed ? classes.after : classes.same}>
                <Value value={after} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
