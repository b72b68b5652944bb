import { Group, NativeSelect, Paper, Text } from '@mantine/core';
import type { Coaching, Groups } from '@sealtrail/views';
import { useQuery } from '@tanstack/react-query';
import { ChartColumn } from 'lucide-react';
import { useSearchParams } from 'react-router';
import { coachingQuery } from '../api/queries.ts';
import { NotMeant, useAsked } from '../parts/asked.tsx';
import { StackedBars } from '../parts/chart.tsx';
import { Page } from '../parts/page.tsx';
import { usePlace } from '../parts/place.ts';
import { Empty, ErrorNote, Loading } from '../parts/states.tsx';
import { duration, number, percent } from '../parts/words.ts';
import { writtenOut } from '../parts/written.tsx';
import classes from './coaching.module.css';
import { People } from './people.tsx';
import { ENDS, rowOf } from './series.ts';

/** Beyond these, a chart cannot be read; the table of the API has all. */
const GROUPS_SHOWN = 12;
const DAY_MS = 86_400_000;
const PERIODS = [
  { value: '', label: 'All of the log' },
  { value: '1', label: 'Today, in UTC' },
  { value: '7', label: 'The last 7 days' },
  { value: '30', label: 'The last 30 days' },
  { value: '90', label: 'The last 90 days' },
];

/** What the address may say. */
const RULES = { days: /^[1-9]\d{0,3}$/, agent: /./s, action: /./s } as const;

/** How proposals fared. Counts only: nothing here scores anybody. */
export function CoachingPage() {
  const { tenant = '' } = usePlace();
  const [, setSearch] = useSearchParams();
  const { values, others } = useAsked(RULES);
  const { days = '', agent = '', action = '' } = values;
  // By the day, so that the question and its answer stay the same while the page is open.
  const since =
    days === ''
      ? undefined
      : new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS - (Number(days) - 1) * DAY_MS).toISOString();
  const { data: all } = useQuery(coachingQuery(tenant, { since }));
  const { data, error, refetch } = useQuery(coachingQuery(tenant, { since, agent, action }));
  const set = (name: keyof typeof RULES, value: string): void =>
    setSearch(Object.entries({ ...values, [name]: value }).filter(([, one]) => one !== ''));
  return (
    <Page
      title="Coaching"
      about="What became of the agents’ proposals: where to teach an agent, or a rule, better. These are counts of what is recorded. They score nobody: many rejections may mean a careful person or a poor agent."
    >
      <NotMeant others={others} />
      <Group gap="sm" align="flex-end">
        <NativeSelect
          label="Proposals of"
          value={days}
          data={periodsWith(days)}
          onChange={(event) => set('days', event.currentTarget.value)}
        />
        <NativeSelect
          label="Agent"
          value={agent}
          data={[{ value: '', label: 'All agents' }, ...namesOf(all?.by_agent, agent)]}
          onChange={(event) => set('agent', event.currentTarget.value)}
        />
        <NativeSelect
          label="Action"
          value={action}
          data={[{ value: '', label: 'All actions' }, ...namesOf(all?.by_action, action)]}
          onChange={(event) => set('action', event.currentTarget.value)}
        />
      </Group>
      {error ? (
        <ErrorNote error={error} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <Loading what="Counting" />
      ) : data.total.proposals === 0 ? (
        <Empty title="No proposals in this period" icon={<ChartColumn size={32} aria-hidden />}>
          Choose a longer period, or another agent or action.
        </Empty>
      ) : (
        <>
          <Figures data={data} />
          <People
            tenant={tenant}
            groups={data.by_person}
            among={Object.entries({ agent, action, since: since?.slice(0, 10) ?? '' }).flatMap(
              ([name, value]) => (value === '' ? [] : [{ name, value }]),
            )}
          />
        </>
      )}
    </Page>
  );
}

function periodsWith(days: string): readonly { value: string; label: string }[] {
  if (PERIODS.some(({ value }) => value === days)) return PERIODS;
  return [...PERIODS, { value: days, label: `The last ${number(Number(days))} days` }];
}

function namesOf(groups: Groups | undefined, chosen: string): { value: string; label: string }[] {
  const names = groups?.groups.map(({ value }) => value) ?? [];
  return (chosen === '' || names.includes(chosen) ? names : [...names, chosen]).map((value) => ({
    value,
    label: writtenOut(value),
  }));
}

function Figures({ data }: { readonly data: Coaching }) {
  const { total, time_to_decision: wait } = data;
  const decided = total.decided_by_person;
  return (
    <>
      <section className={classes.facts} aria-label="In short">
        <Fact title="Proposals" value={number(total.proposals)} />
        <Fact title="Decided by a person" value={number(decided)} />
        <Fact
          title="Of these, with changes"
          value={decided === 0 ? 'none' : percent(total.edited / decided)}
        />
        <Fact
          title="Of these, as one of many"
          value={total.bulk_share === null ? 'none' : percent(total.bulk_share)}
        />
        <Fact
          title="Time to a decision"
          value={wait.median_ms === null ? 'none' : duration(wait.median_ms)}
          about={
            wait.p90_ms === null
              ? undefined
              : `half took no longer; nine of ten at most ${duration(wait.p90_ms)}`
          }
        />
      </section>
      <StackedBars
        title="By confidence"
        about="What people and rules made of proposals, by the confidence (in percent) that the agent gave."
        rows="Confidence, %"
        data={[
          ...data.confidence.map(({ from, to, counts }) =>
            rowOf(`${Math.round(from * 100)}–${Math.round(to * 100)}`, counts),
          ),
          ...(data.without_confidence.proposals === 0 ? [] : [rowOf('none given', data.without_confidence)]),
        ]}
        series={ENDS}
      />
      <div className={classes.charts}>
        <GroupBars
          title="By agent"
          rows="Agent"
          about="Agents with the most proposals."
          groups={data.by_agent}
        />
        <GroupBars title="By action" rows="Action" about="What was proposed most." groups={data.by_action} />
        <EditedFields data={data} />
      </div>
    </>
  );
}

function Fact(props: {
  readonly title: string;
  readonly value: string;
  readonly about?: string | undefined;
}) {
  return (
    <Paper p="md">
      <Text size="sm" c="dimmed">
        {props.title}
      </Text>
      <Text fw={600} size="xl">
        {props.value}
      </Text>
      {props.about && (
        <Text size="xs" c="dimmed">
          {props.about}
        </Text>
      )}
    </Paper>
  );
}

function GroupBars(props: {
  readonly title: string;
  readonly rows: string;
  readonly about: string;
  readonly groups: Groups;
}) {
  const { groups, others } = props.groups;
  return (
    <StackedBars
      title={props.title}
      rows={props.rows}
      about={`${props.about}${restOf(groups.length, others !== undefined)}`}
      data={groups.slice(0, GROUPS_SHOWN).map(({ value, counts }) => rowOf(value, counts))}
      series={ENDS}
      horizontal
    />
  );
}

/** What of many is not drawn. @param isMore whether there are others beyond those that were counted apart */
function restOf(length: number, isMore: boolean): string {
  const rest = length - GROUPS_SHOWN;
  if (rest <= 0) return isMore ? ' Others are not drawn.' : '';
  return ` ${number(rest)} more ${isMore ? 'and others ' : ''}are not drawn.`;
}

function EditedFields({ data }: { readonly data: Coaching }) {
  return (
    <StackedBars
      title="Fields that people changed"
      about={`How often a field was changed before approval, where entries name the fields.${restOf(data.edited_fields.length, data.edited_fields_others > 0)}`}
      empty="No decision in this period names the fields that were changed."
      rows="Field"
      data={data.edited_fields
        .slice(0, GROUPS_SHOWN)
        .map(({ field, count: times }) => ({ row: field, times }))}
      series={[{ name: 'times', label: 'times changed', color: 'cyan.6' }]}
      horizontal
    />
  );
}
