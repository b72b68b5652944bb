import { Alert, Paper } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Archive, FileClock } from 'lucide-react';
import { statusQuery } from '../api/queries.ts';
import { BusyButton } from '../parts/busy-button.tsx';
import { Late } from '../parts/late.tsx';
import { Page } from '../parts/page.tsx';
import { usePlace } from '../parts/place.ts';
import { Empty, ErrorNote, Loading } from '../parts/states.tsx';
import { number } from '../parts/words.ts';
import { ProofCard } from './proof-card.tsx';
import { RecordTimeline } from './timeline.tsx';
import { useHistory } from './use-history.ts';

/** What happened to this record, and is that all? */
export function RecordPage() {
  const { tenant = '', type = '', id = '' } = usePlace();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useHistory({
    tenant,
    type,
    id,
  });
  const { data: status } = useQuery(statusQuery(tenant));
  const first = status?.tenants.find((one) => one.tenant === tenant)?.first ?? 0;
  const entries = data?.pages.flatMap((page) => page.entries);
  return (
    <Page
      title={`${type} ${id}`}
      about="Everything that the log holds about this record, the oldest first: what was proposed, who decided, what was carried out, and what the CRM wrote."
    >
      {error ? (
        <ErrorNote error={error} onRetry={() => void refetch()} />
      ) : entries === undefined ? (
        <Loading what="Reading the history" />
      ) : (
        <>
          {first > 0 && <Pruned first={first} />}
          <ProofCard
            key={`${tenant} ${type} ${id}`}
            name={{ tenant, type, id }}
            shown={entries}
            loaded={hasNextPage ? 'some' : 'all'}
            onRenew={refetch}
          />
          {entries.length === 0 ? (
            <Empty
              title={
                first > 0
                  ? 'What is stored says nothing about this record'
                  : 'The log has nothing about this record'
              }
              icon={<FileClock size={32} aria-hidden />}
            >
              Look whether type and id are written as the CRM writes them.
              {first === 0 && ' That nothing is there can be proved as well.'}
            </Empty>
          ) : (
            <Paper>
              <RecordTimeline entries={entries} />
              {hasNextPage && (
                <BusyButton
                  variant="default"
                  mt="md"
                  isBusy={isFetchingNextPage}
                  onClick={() => void fetchNextPage()}
                >
                  Show more
                </BusyButton>
              )}
              {isFetchingNextPage && <Late />}
            </Paper>
          )}
        </>
      )}
    </Page>
  );
}

/** A history that begins later than the record's must not pass for all of it. */
function Pruned({ first }: { readonly first: number }) {
  return (
    <Alert color="yellow" title="The beginning of this log was pruned" icon={<Archive aria-hidden />}>
      Positions 0 to {number(first - 1)} were moved into an archive. What they say about this record is not
      shown here, and its history cannot be proved complete from here.
    </Alert>
  );
}
