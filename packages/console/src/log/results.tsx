import { Paper } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { SearchX } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { entriesQuery, statusQuery } from '../api/queries.ts';
import { useReports } from '../integrity/checks.tsx';
import { Empty, ErrorNote, Loading } from '../parts/states.tsx';
import { entries, number } from '../parts/words.ts';
import { Absent } from './absent.tsx';
import type { Parsed } from './filter.ts';
import { Pager } from './pager.tsx';
import { beside, newestFirst, type Place, questionOf } from './place.ts';
import { LogTable } from './table.tsx';

/** A page of entries, and the way to the others. */
export function Results(props: {
  readonly tenant: string;
  readonly parsed: Extract<Parsed, { ok: true }>;
  readonly place: Place;
  readonly onGo: (place: Place) => void;
  readonly onAll: () => void;
}) {
  const { tenant, parsed, place } = props;
  const { entry: opened } = place;
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...entriesQuery(tenant, questionOf(place, parsed.parameters)),
    select: newestFirst,
  });
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
  const isFirst = [place.before, place.after, place.cursor].every((one) => one === undefined);
  const isAbsent =
    opened !== undefined && isFirst && !isPlaceholderData && !data.entries.some(({ seq }) => seq === opened);
  if (data.entries.length === 0 && data.next === undefined && isFirst && !isAbsent) {
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
  const { newer, older } = beside(place, data, log && { first: log.first, last: log.size - 1 });
  const move = (to: Place | undefined) =>
    to &&
    (() => {
      hasMoved.current = true;
      props.onGo(to);
    });
  return (
    <>
      {isAbsent && <Absent seq={opened} log={log} onAll={props.onAll} />}
      <Paper p={0} ref={top} aria-busy={isPlaceholderData}>
        {data.entries.length > 0 && (
          <LogTable
            key={opened}
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
              ? `Nothing among the ${entries(data.scanned)} looked at${data.next === undefined ? '' : '; there are more'}`
              : `Positions ${number(last)} to ${number(first)}`
          }
          isBusy={isPlaceholderData}
          onNewer={move(newer)}
          onOlder={move(older)}
        />
      </Paper>
    </>
  );
}
