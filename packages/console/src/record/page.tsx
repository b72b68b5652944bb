import { Button, Paper } from '@mantine/core';
import { FileClock } from 'lucide-react';
import { useParams } from 'react-router';
import { Page } from '../parts/page.tsx';
import { Empty, ErrorNote, Loading } from '../parts/states.tsx';
import { ProofCard } from './proof-card.tsx';
import { RecordTimeline } from './timeline.tsx';
import { useHistory } from './use-history.ts';

/** What happened to this record, and is that all? */
export function RecordPage() {
  const { tenant = '', type = '', id = '' } = useParams();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useHistory({
    tenant,
    type,
    id,
  });
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
          <ProofCard
            key={`${tenant} ${type} ${id}`}
            name={{ tenant, type, id }}
            shown={entries}
            loaded={hasNextPage ? 'some' : 'all'}
          />
          {entries.length === 0 ? (
            <Empty title="The log has nothing about this record" icon={<FileClock size={32} aria-hidden />}>
              Look whether type and id are written as the CRM writes them. That nothing is there can be proved
              as well.
            </Empty>
          ) : (
            <Paper>
              <RecordTimeline entries={entries} />
              {hasNextPage && (
                <Button
                  variant="default"
                  mt="md"
                  loading={isFetchingNextPage}
                  onClick={() => void fetchNextPage()}
                >
                  Show more
                </Button>
              )}
            </Paper>
          )}
        </>
      )}
    </Page>
  );
}
