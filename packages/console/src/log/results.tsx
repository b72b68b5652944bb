import { Paper } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { SearchX } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { entriesQuery, statusQuery } from '../api/queries.ts';
import { useReports } from '../integrity/checks.tsx';
import { Empty, ErrorNote, Loading } from '../parts/states.tsx';
import { number } from '../parts/words.ts';
import { Absent } from './absent.tsx';
import type { Parsed } from './filter.ts';
import { Pager } from './pager.tsx';
import { LogTable } from './table.tsx';
import { usePages } from './use-pages.ts';

/** A page of entries, and the way to the others. */
export function Results(props: {
  readonly tenant: string;
  readonly parsed: Extract<Parsed, { ok: true }>;
  readonly opened: number | undefined;
  readonly onAll: () => void;
}) {
  const { tenant, parsed, opened } = props;
  const pages = usePages(opened);
  const { data, error, isPlaceholderData, refetch } = useQuery(
    entriesQuery(tenant, { ...pages.parameters, ...parsed.parameters }),
  );
  const { data: status } = useQuery(statusQuery(tenant));
  const reports = useReports(tenant);
  const top = useRef<HTMLDivElement>(null);
  const hasMoved = useRef(false);
  useEffect(() => {
    // Another page is read from its top.
    if (data === undefined || isPlaceholderData || !hasMoved.current) return;
    hasMoved.current = false;
    top.current?.scrollIntoView({ block: 'start' });
  }, [data, isPlaceholderData]);
  if (error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="Reading the log" />;
  const log = status?.tenants.find((one) => one.tenant === tenant);
  const isAbsent = opened !== undefined && pages.isFirst && !data.entries.some(({ seq }) => seq === opened);
  if (data.entries.length === 0 && data.next === undefined && pages.isFirst && !isAbsent) {
    return (
      <Empty
        title={parsed.qualifiers.length === 0 ? 'The log has no entries' : 'No entry fits'}
        icon={<SearchX size={32} aria-hidden />}
      >
        {parsed.qualifiers.length > 0 && 'Remove a qualifier, or look for something else.'}
      </Empty>
    );
  }
  const first = data.entries[0]?.seq;
  const last = data.entries.at(-1)?.seq;
  const move = (step: (() => void) | undefined) =>
    step &&
    (() => {
      hasMoved.current = true;
      step();
    });
  return (
    <>
      {isAbsent && <Absent seq={opened} log={log} onAll={props.onAll} />}
      <Paper p={0} ref={top} aria-busy={isPlaceholderData}>
        {data.entries.length > 0 && (
          <LogTable
            tenant={tenant}
            entries={data.entries}
            reports={reports}
            anchored={log?.anchored ?? 0}
            opened={opened}
          />
        )}
        <Pager
          range={
            first === undefined || last === undefined
              ? `Nothing among the ${number(data.scanned)} entries looked at; there are more`
              : `Positions ${number(last)} to ${number(first)}`
          }
          isBusy={isPlaceholderData}
          onNewer={move(pages.newer(log && log.size - 1))}
          onOlder={move(pages.older(data.next))}
        />
      </Paper>
    </>
  );
}
