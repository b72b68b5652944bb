import { Table } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { TenantReport } from '@sealtrail/verifier/stream';
import type { ViewEntry } from '@sealtrail/views';
import { useMemo, useState } from 'react';
import { useCheck } from '../integrity/checks.tsx';
import { usePrinting } from '../parts/printing.tsx';
import { number } from '../parts/words.ts';
import { isOtherThanWalked } from './as-walked.ts';
import classes from './log.module.css';
import { type Columns, Row } from './row.tsx';
import { badgesOf, goneBadge } from './row-state.ts';

/** As many characters have room in the column of positions. */
const ROOM = 7;

/** Which columns there is room for, so that some is left for what happened. What has none is in the entry's detail. */
function useColumns(): Columns {
  // A sheet is narrow, and nobody opens an entry on it.
  const isPrinting = usePrinting() !== undefined;
  const when = !useMediaQuery('(max-width: 56em)');
  const records = !useMediaQuery('(max-width: 64em)');
  const who = !useMediaQuery('(max-width: 75em)');
  return { when, who: who || isPrinting, records: records || isPrinting };
}

/** Wide enough for the positions of a long log; undefined where they have room. */
function widthOf(entries: readonly ViewEntry[]): string | undefined {
  const digits = Math.max(...entries.map(({ seq }) => number(seq).length));
  return digits > ROOM ? `calc(${digits}ch + 1.75rem)` : undefined;
}

interface Props {
  readonly tenant: string;
  readonly entries: readonly ViewEntry[];
  readonly reports: readonly TenantReport[];
  /** Number of entries under anchors. */
  readonly anchored: number;
  /** Position of the entry that is open at first. */
  readonly opened?: number | undefined;
}

export function LogTable(props: Props) {
  const { tenant, entries, reports, anchored } = props;
  const [open, setOpen] = useState<number | undefined>(props.opened);
  const columns = useColumns();
  const { walked } = useCheck(tenant, 'browser');
  const others = useMemo(
    () => new Set(entries.filter((one) => isOtherThanWalked(tenant, one, walked)).map(({ seq }) => seq)),
    [tenant, entries, walked],
  );
  return (
    <Table className={classes.table} highlightOnHover stickyHeader>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col" className={classes.position} w={widthOf(entries)}>
            Position
          </Table.Th>
          {columns.when && (
            <Table.Th scope="col" className={classes.when}>
              Time
            </Table.Th>
          )}
          <Table.Th scope="col" className={classes.what}>
            What happened
          </Table.Th>
          {columns.who && (
            <Table.Th scope="col" className={classes.who}>
              Who
            </Table.Th>
          )}
          {columns.records && (
            <Table.Th scope="col" className={classes.records}>
              Records
            </Table.Th>
          )}
          <Table.Th scope="col" className={classes.state}>
            State
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {entries.map((entry) => (
          <Row
            key={entry.seq}
            tenant={tenant}
            entry={entry}
            columns={columns}
            badges={badgesOf(entry, reports, anchored, others.has(entry.seq))}
            gone={goneBadge(entry, reports)}
            isOpen={open === entry.seq}
            isAskedFor={props.opened === entry.seq}
            onToggle={() => setOpen(open === entry.seq ? undefined : entry.seq)}
          />
        ))}
      </Table.Tbody>
    </Table>
  );
}
