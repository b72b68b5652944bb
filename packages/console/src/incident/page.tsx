import {
  Alert,
  Anchor,
  Button,
  Group,
  NativeSelect,
  Paper,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { ListTree, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { incidentPage } from '../api/answers.ts';
import { ask, pathOf, queryOf } from '../api/client.ts';
import { NotMeant, useAsked } from '../parts/asked.tsx';
import { BusyButton } from '../parts/busy-button.tsx';
import { StackedBars } from '../parts/chart.tsx';
import { Late } from '../parts/late.tsx';
import { Page } from '../parts/page.tsx';
import { usePlace } from '../parts/place.ts';
import { usePrinting } from '../parts/printing.tsx';
import { Empty, ErrorNote, Loading } from '../parts/states.tsx';
import { count } from '../parts/words.ts';
import { RecordTimeline } from '../record/timeline.tsx';
import { chartOf } from './chart-data.ts';
import { ProposalTable } from './proposals.tsx';

const PAGE = 100;
type Kind = 'trace' | 'conversation';
/** What the address may say. */
const RULES = { trace: /./s, conversation: /./s } as const;

/** What happened in one run of an agent, or in one conversation? */
export function IncidentPage() {
  const { tenant = '' } = usePlace();
  const [, setSearch] = useSearchParams();
  const { values, others } = useAsked(RULES);
  const kind: Kind = values.conversation === undefined ? 'trace' : 'conversation';
  const id = values[kind] ?? '';
  // An incident is of one of them.
  const other = kind === 'conversation' && values.trace !== undefined ? [`trace=${values.trace}`] : [];
  return (
    <Page
      title="Incident"
      about="Everything that belongs to one run of an agent, or to one conversation: what was proposed and why, by which model, who let it through, and what it did."
    >
      <NotMeant others={[...others, ...other]} />
      <Finder
        key={`${kind} ${id}`}
        kind={kind}
        id={id}
        onFind={(what, value) => setSearch({ [what]: value })}
      />
      {id === '' ? (
        <Empty title="Which run, which conversation?" icon={<ListTree size={32} aria-hidden />}>
          An entry of the{' '}
          <Anchor component={Link} underline="always" to={`/${pathOf('t', tenant, 'log')}`}>
            log
          </Anchor>{' '}
          leads here by its trace_id or conversation_id. What one agent did in some hours, whatever the run,
          is found there as well: by <code>agent:</code> and the fields “From” and “Until”.
        </Empty>
      ) : (
        <Incident tenant={tenant} kind={kind} id={id} />
      )}
    </Page>
  );
}

function Finder(props: {
  readonly kind: Kind;
  readonly id: string;
  readonly onFind: (kind: Kind, id: string) => void;
}) {
  const [kind, setKind] = useState(props.kind);
  const [id, setId] = useState(props.id);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        props.onFind(kind, id.trim());
      }}
    >
      <Group align="flex-end" gap="sm">
        <NativeSelect
          label="Look at"
          value={kind}
          data={[
            { value: 'trace', label: 'a run of an agent (trace)' },
            { value: 'conversation', label: 'a conversation' },
          ]}
          onChange={(event) => setKind(event.currentTarget.value as Kind)}
        />
        <TextInput
          label="Its id"
          value={id}
          onChange={(event) => setId(event.currentTarget.value)}
          required
          flex="1 1 14rem"
          maw="28rem"
        />
        <Button type="submit">Show</Button>
      </Group>
    </form>
  );
}

function Incident({
  tenant,
  kind,
  id,
}: {
  readonly tenant: string;
  readonly kind: Kind;
  readonly id: string;
}) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['incident', tenant, kind, id],
    queryFn: ({ pageParam, signal }) =>
      ask(
        `${pathOf('tenants', tenant, 'incident')}${queryOf({ [kind]: id, limit: PAGE, cursor: pageParam })}`,
        incidentPage,
        { signal, isLong: true },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
  });
  const isPrinting = usePrinting() !== undefined;
  if (error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="Reading the incident" />;
  const entries = data.pages.flatMap((page) => page.entries);
  const proposals = new Map(data.pages.flatMap((page) => Object.entries(page.proposals)));
  if (entries.length === 0) {
    return (
      <Empty title="The log has nothing of it" icon={<ListTree size={32} aria-hidden />}>
        Look whether the id is written exactly so, and whether it is a {kind}.
      </Empty>
    );
  }
  const risky = [...proposals.values()].filter((one) => one.low_confidence_bulk).length;
  return (
    <Stack gap="lg">
      {hasNextPage && (
        <Text size="sm" role="status">
          There is more: what is said below is of the first {count(entries.length, 'entry', 'entries')}.
        </Text>
      )}
      {risky > 0 && (
        <Alert
          color="yellow"
          title="Approved in bulk with little confidence"
          icon={<TriangleAlert aria-hidden />}
        >
          {count(risky, 'proposal')} with a confidence below 50 % {risky === 1 ? 'was' : 'were'} approved as
          one of many.
        </Alert>
      )}
      <StackedBars
        title="What happened when"
        about={`Entries over the time of the incident, by what they are${hasNextPage ? ': so far only those that are shown below' : ''}.`}
        rows="From"
        {...chartOf(entries, isPrinting)}
      />
      <ProposalTable tenant={tenant} proposals={proposals} entries={entries} />
      <Paper>
        <Stack>
          <Title order={2} size="h4">
            Every entry
          </Title>
          <RecordTimeline entries={entries} />
          {hasNextPage && (
            <BusyButton variant="default" isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              Show more
            </BusyButton>
          )}
          {isFetchingNextPage && <Late />}
        </Stack>
      </Paper>
    </Stack>
  );
}
