import { Anchor, Stack, Text, Title } from '@mantine/core';
import type { ProposalView } from '@sealtrail/views';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'react-router';
import { queryOf, ServiceError } from '../api/client.ts';
import { proposalQuery } from '../api/queries.ts';
import { Diff } from '../parts/diff.tsx';
import { Members, Value } from '../parts/json.tsx';
import { ErrorNote, Loading } from '../parts/states.tsx';
import { confidenceWords, spaced } from '../parts/words.ts';
import { Written } from '../parts/written.tsx';
import { textOf } from './filter.ts';

/** What was proposed beside what was approved, and what the CRM then wrote. */
export function ProposalDiff({ tenant, proposal }: { readonly tenant: string; readonly proposal: string }) {
  const { data, error } = useQuery(proposalQuery(tenant, proposal));
  const { pathname } = useLocation();
  if (error instanceof ServiceError && error.status === 404) {
    return (
      <Text size="sm" c="dimmed">
        Proposal <Written text={proposal} /> is not in this log.
      </Text>
    );
  }
  if (error) return <ErrorNote error={error} />;
  if (data === undefined) return <Loading what="Reading the proposal" />;
  return (
    <Stack gap="sm">
      <Title order={2} size="h6">
        Proposal <Written text={proposal} />: {spaced(data.status)}{' '}
        {pathname.endsWith('/log') && (
          <Anchor
            component={Link}
            size="sm"
            to={queryOf({ q: textOf([{ name: 'proposal', value: proposal }]) })}
          >
            all its entries
          </Anchor>
        )}
      </Title>
      {data.rationale !== undefined && (
        <Text size="sm" component="div">
          <Text span size="sm" c="dimmed">
            The agent’s reason
            {data.confidence === undefined
              ? ''
              : `, with a confidence of ${confidenceWords(data.confidence)}`}
            :
          </Text>{' '}
          <Value value={data.rationale ?? 'none given'} />
        </Text>
      )}
      <Proposed view={data} />
      {data.decision?.reason !== undefined && (
        <Text size="sm" component="div">
          <Text span size="sm" c="dimmed">
            The reason of whoever decided:
          </Text>{' '}
          <Value value={data.decision.reason} />
        </Text>
      )}
      {data.changes.map(({ seq, before, after, target }) => (
        <Diff
          key={seq}
          caption={`What the CRM wrote to ${target === undefined ? 'a record' : `${target.type} ${target.id}`}`}
          labels={['CRM before', 'CRM after']}
          before={before}
          after={after}
        />
      ))}
    </Stack>
  );
}

function Proposed({ view: { args, decision } }: { readonly view: ProposalView }) {
  if (decision?.before !== undefined && decision.after !== undefined) {
    return (
      <Diff
        caption="What was proposed and what was approved"
        labels={['Proposed', 'Approved']}
        before={decision.before}
        after={decision.after}
      />
    );
  }
  if (args === undefined) {
    return (
      <Text size="sm" c="dimmed">
        The proposed arguments are gone.
      </Text>
    );
  }
  const isObject = typeof args === 'object' && args !== null && !Array.isArray(args);
  return (
    <>
      <Text size="sm" c="dimmed">
        {decision?.outcome === 'approved' || decision?.outcome === 'auto_approved'
          ? 'Approved as proposed:'
          : 'Proposed:'}
      </Text>
      <Members members={isObject ? (args as Record<string, unknown>) : { value: args }} />
    </>
  );
}
