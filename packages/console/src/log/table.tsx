import { Table, Text, UnstyledButton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { TenantReport } from '@sealtrail/verifier/stream';
import type { ViewEntry } from '@sealtrail/views';
import { ChevronRight } from 'lucide-react';
import { Fragment, useId, useState } from 'react';
import { ActorName, Moment, RecordLinks } from '../parts/bits.tsx';
import { number, spaced, typeWords } from '../parts/words.ts';
import { Badges } from './badges.tsx';
import { EntryDetail } from './detail.tsx';
import classes from './log.module.css';
import { badgesOf, goneBadge } from './row-state.ts';

/** Which columns there is room for. What has none is in the entry's detail. */
function useColumns() {
  const isNarrow = useMediaQuery('(max-width: 48em)');
  const isMiddle = useMediaQuery('(max-width: 62em)');
  return { when: !isNarrow, who: !isMiddle, records: !isNarrow };
}
type Columns = ReturnType<typeof useColumns>;

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
  return (
    <Table className={classes.table} highlightOnHover stickyHeader>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col" className={classes.position}>
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
            badges={badgesOf(entry, reports, anchored)}
            gone={goneBadge(entry, reports)}
            isOpen={open === entry.seq}
            onToggle={() => setOpen(open === entry.seq ? undefined : entry.seq)}
          />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Row(props: {
  readonly tenant: string;
  readonly entry: ViewEntry;
  readonly columns: Columns;
  readonly badges: ReturnType<typeof badgesOf>;
  readonly gone: ReturnType<typeof goneBadge>;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}) {
  const { entry, columns, badges, isOpen } = props;
  const { seq, time, type, actor, targets, data } = entry;
  const detail = useId();
  const action = typeof data['action'] === 'string' ? data['action'] : undefined;
  return (
    <Fragment>
      <Table.Tr className={classes.row} data-broken={badges.some(({ tone }) => tone === 'bad')}>
        <Table.Th scope="row" fw={500} className={classes.position}>
          {number(seq)}
        </Table.Th>
        {columns.when && (
          <Table.Td className={classes.when}>
            <Moment time={time} />
          </Table.Td>
        )}
        <Table.Td className={classes.what}>
          <UnstyledButton
            className={classes.toggle}
            onClick={props.onToggle}
            aria-expanded={isOpen}
            aria-controls={isOpen ? detail : undefined}
            fz="sm"
          >
            <ChevronRight size={14} aria-hidden />
            <span>
              {typeWords(type)}
              {action !== undefined && (
                <Text span size="sm" c="dimmed" fw={400}>
                  {' '}
                  {spaced(action)}
                </Text>
              )}
            </span>
          </UnstyledButton>
          {!columns.when && (
            <Text size="xs" c="dimmed" component="div">
              <Moment time={time} />
            </Text>
          )}
        </Table.Td>
        {columns.who && (
          <Table.Td className={classes.who}>
            <ActorName actor={actor} />
          </Table.Td>
        )}
        {columns.records && (
          <Table.Td className={`${classes.records} ${classes.cells}`}>
            <RecordLinks targets={targets} max={2} />
          </Table.Td>
        )}
        <Table.Td className={classes.state}>
          <Badges badges={badges} />
        </Table.Td>
      </Table.Tr>
      {isOpen && (
        <Table.Tr>
          <Table.Td colSpan={3 + Object.values(columns).filter(Boolean).length} id={detail}>
            <EntryDetail tenant={props.tenant} entry={entry} gone={props.gone} />
          </Table.Td>
        </Table.Tr>
      )}
    </Fragment>
  );
}
