import '@mantine/charts/styles.css';
import { BarChart } from '@mantine/charts';
import { ColorSwatch, Group, Paper, Stack, Table, Text, Title } from '@mantine/core';
import { useState } from 'react';
import classes from './chart.module.css';
import { usePrinting } from './printing.tsx';
import { Scrolling } from './scrolling.tsx';
import { number } from './words.ts';
import { Written, writtenOut } from './written.tsx';

export interface Series {
  readonly name: string;
  readonly label: string;
  readonly color: string;
}

interface Props {
  readonly title: string;
  readonly about: string;
  /** What a row is, such as `Agent`. */
  readonly rows: string;
  readonly data: readonly (Readonly<Record<string, number | string>> & { readonly row: string })[];
  readonly series: readonly Series[];
  readonly horizontal?: boolean;
  /** What is said when there is nothing to draw. */
  readonly empty?: string;
}

/** Stacked bars, and the same numbers as a table for who cannot see them. */
export function StackedBars({
  title,
  about,
  rows,
  data,
  series,
  horizontal = false,
  empty = 'Nothing to draw.',
}: Props) {
  const shown = series.filter(({ name }) => data.some((one) => Number(one[name] ?? 0) > 0));
  return (
    <Paper component="section" aria-label={title}>
      <Stack gap="sm">
        <div>
          <Title order={2} size="h5">
            {title}
          </Title>
          <Text size="sm" c="dimmed">
            {about}
          </Text>
        </div>
        {shown.length === 0 ? (
          <Text size="sm" c="dimmed">
            {empty}
          </Text>
        ) : (
          <>
            <div aria-hidden className={classes.chart}>
              <BarChart
                h={horizontal ? 38 * data.length + 40 : 220}
                data={data.map((one) => ({ ...one, row: writtenOut(one.row) }))}
                dataKey="row"
                type="stacked"
                orientation={horizontal ? 'vertical' : 'horizontal'}
                series={shown.map((one) => ({ ...one }))}
                yAxisProps={{
                  allowDecimals: false,
                  ...(horizontal ? { width: 120, tickFormatter: shortened } : {}),
                }}
                xAxisProps={{ allowDecimals: false }}
                tickLine="none"
                gridAxis={horizontal ? 'y' : 'x'}
                maxBarWidth={32}
                valueFormatter={number}
                barChartProps={{ accessibilityLayer: false }}
                barProps={{ isAnimationActive: false }}
              />
              <Legend series={shown} />
            </div>
            <Numbers rows={rows} data={data} series={shown} title={title} />
          </>
        )}
      </Stack>
    </Paper>
  );
}

/** How much of a name has room beside its bar, in characters; one of Chinese, or a picture, takes the room of two. */
const ROOM = 15;
const CHARACTERS = new Intl.Segmenter();
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** A name without its middle, where it has no room: the table below the chart has all of it. */
function shortened(name: string): string {
  const characters = Array.from(CHARACTERS.segment(name), ({ segment }) => segment);
  if (fitting(characters, ROOM) === characters.length) return name;
  const ending = fitting(characters.toReversed(), 6);
  return `${characters.slice(0, fitting(characters, 8)).join('')}…${characters.slice(-ending).join('')}`;
}

/** How many characters, from the first one on, take no more room than that. */
function fitting(characters: readonly string[], room: number): number {
  let left = room;
  const beyond = characters.findIndex((one) => {
    left -= WIDE.test(one) ? 2 : 1;
    return left < 0;
  });
  return beyond === -1 ? characters.length : beyond;
}

/** Below the bars, in as many lines as it takes: within the chart it would take their place. */
function Legend({ series }: Pick<Props, 'series'>) {
  return (
    <Group gap="md" mt="xs">
      {series.map(({ name, label, color }) => (
        <Group key={name} gap={6} wrap="nowrap">
          <ColorSwatch
            size={12}
            color={`var(--mantine-color-${color.replace('.', '-')})`}
            withShadow={false}
          />
          <Text size="sm">{label}</Text>
        </Group>
      ))}
    </Group>
  );
}

function Numbers({ rows, data, series, title }: Pick<Props, 'rows' | 'data' | 'series' | 'title'>) {
  const [isOpen, setOpen] = useState(false);
  // The names beside the bars are shortened; on paper nobody can ask for the rest.
  const isPrinting = usePrinting() !== undefined;
  return (
    <details
      className={classes.numbers}
      open={isOpen || isPrinting}
      onToggle={({ currentTarget }) => isPrinting || setOpen(currentTarget.open)}
    >
      <summary>Show the numbers</summary>
      <Scrolling label={`${title}, as a table`}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{rows}</Table.Th>
              {series.map(({ name, label }) => (
                <Table.Th scope="col" key={name}>
                  {label}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.map((one) => (
              <Table.Tr key={one.row}>
                <Table.Th scope="row" fw={500}>
                  <Written text={one.row} />
                </Table.Th>
                {series.map(({ name }) => (
                  <Table.Td key={name}>{number(Number(one[name] ?? 0))}</Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Scrolling>
    </details>
  );
}
