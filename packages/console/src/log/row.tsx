import { Table, Text, UnstyledButton } from '@mantine/core';
import type { ViewEntry } from '@sealtrail/views';
import { ChevronRight } from 'lucide-react';
import { Fragment, useEffect, useId, useRef } from 'react';
import { ActorName, Moment, RecordLinks } from '../parts/bits.tsx';
import { number, typeWords } from '../parts/words.ts';
import { Written } from '../parts/written.tsx';
import { Badges } from './badges.tsx';
import { EntryDetail } from './detail.tsx';
import classes from './log.module.css';
import type { StateBadge } from './row-state.ts';

export interface Columns {
  readonly when: boolean;
  readonly who: boolean;
  readonly records: boolean;
}

/** One entry as a row, and below it, when it is open, everything about it. */
export function Row(props: {
  readonly tenant: string;
  readonly entry: ViewEntry;
  readonly columns: Columns;
  readonly badges: readonly StateBadge[];
  readonly gone: StateBadge | undefined;
  readonly isOpen: boolean;
  /** Whether the page was opened for this entry. */
  readonly isAskedFor: boolean;
  readonly onToggle: () => void;
}) {
  const { entry, columns, badges, isOpen, isAskedFor } = props;
  const { seq, time, type, actor, targets, data } = entry;
  const detail = useId();
  const toggle = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isAskedFor) return undefined;
    // After the page's heading has had its turn.
    const frame = requestAnimationFrame(() => {
      toggle.current?.focus({ preventScroll: true });
      toggle.current?.scrollIntoView({ block: 'center' });
    });
    return () => cancelAnimationFrame(frame);
  }, [isAskedFor]);
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
            ref={toggle}
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
                  <Written text={action} />
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
            <div className={classes.names}>
              <RecordLinks targets={targets} max={2} />
            </div>
          </Table.Td>
        )}
        <Table.Td className={classes.state}>
          <Badges badges={badges} />
        </Table.Td>
      </Table.Tr>
      {isOpen && (
        <Table.Tr>
          <Table.Td colSpan={3 + Object.values(columns).filter(Boolean).length} id={detail}>
            <EntryDetail tenant={props.tenant} entry={entry} badges={badges} gone={props.gone} />
          </Table.Td>
        </Table.Tr>
      )}
    </Fragment>
  );
}
