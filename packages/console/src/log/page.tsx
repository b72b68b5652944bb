import { Button, Group, Menu, Paper, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ChevronLeft, ChevronRight, Download, SearchX } from 'lucide-react';
import { useState } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { pathOf, serviceUrl } from '../api/client.ts';
import { entriesQuery, statusQuery } from '../api/queries.ts';
import { useReports } from '../integrity/checks.tsx';
import { Page } from '../parts/page.tsx';
import { Empty, ErrorNote, Loading } from '../parts/states.tsx';
import { number } from '../parts/words.ts';
import { type Parsed, parseFilter } from './filter.ts';
import { FilterBar } from './filter-bar.tsx';
import { LogTable } from './table.tsx';

const PAGE = 50;
const FORMATS = [
  ['bundle', 'Bundle, for sealtrail-verify'],
  ['jsonl', 'JSON Lines'],
  ['csv', 'CSV'],
  ['ocsf', 'OCSF'],
  ['cloudevents', 'CloudEvents'],
] as const;

/** Every entry, newest first. */
export function LogPage() {
  const { tenant = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const text = search.get('q') ?? '';
  const opened = search.get('entry');
  const parsed = parseFilter(text);
  return (
    <Page
      title="Log"
      about="Every entry as it is stored, the newest first. Whether it is what was recorded is what a check says."
      actions={<Exports tenant={tenant} />}
    >
      <FilterBar text={text} parsed={parsed} onChange={(q) => setSearch(q === '' ? {} : { q })} />
      {parsed.ok && (
        <Results
          // Another search begins on its first page.
          key={`${tenant} ${text} ${opened}`}
          tenant={tenant}
          parsed={parsed}
          opened={opened === null || !/^\d{1,15}$/.test(opened) ? undefined : Number(opened)}
          onAll={() => setSearch({})}
        />
      )}
    </Page>
  );
}

function Results(props: {
  readonly tenant: string;
  readonly parsed: Extract<Parsed, { ok: true }>;
  readonly opened: number | undefined;
  readonly onAll: () => void;
}) {
  const { tenant, parsed, opened } = props;
  // Cursors of the pages before this one: a page is found from its cursor alone, however long the log is.
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const { data, error, isPlaceholderData, refetch } = useQuery(
    entriesQuery(tenant, { ...parsed.parameters, limit: PAGE, cursor }),
  );
  const { data: status } = useQuery(statusQuery(tenant));
  const reports = useReports(tenant);
  if (error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="Reading the log" />;
  if (data.entries.length === 0 && data.next === undefined && cursors.length === 0) {
    return (
      <Empty title="No entry fits" icon={<SearchX size={32} aria-hidden />}>
        Remove a qualifier, or look for something else.
      </Empty>
    );
  }
  const anchored = status?.tenants.find((one) => one.tenant === tenant)?.anchored ?? 0;
  const first = data.entries[0]?.seq;
  const last = data.entries.at(-1)?.seq;
  return (
    <Paper p={0}>
      <LogTable
        tenant={tenant}
        entries={data.entries}
        reports={reports}
        anchored={anchored}
        opened={opened}
      />
      <Group justify="space-between" p="sm" aria-live="polite">
        <Text size="sm" c="dimmed">
          {first === undefined || last === undefined
            ? `Nothing among the ${number(data.scanned)} entries looked at; there are more`
            : `Positions ${number(last)} to ${number(first)}`}
        </Text>
        <Group gap="xs">
          <Button
            variant="default"
            size="xs"
            leftSection={<ChevronLeft size={14} aria-hidden />}
            disabled={cursors.length === 0}
            onClick={() => setCursors(cursors.slice(0, -1))}
          >
            Newer
          </Button>
          <Button
            variant="default"
            size="xs"
            rightSection={<ChevronRight size={14} aria-hidden />}
            disabled={data.next === undefined || isPlaceholderData}
            onClick={() => data.next !== undefined && setCursors([...cursors, data.next])}
          >
            Older
          </Button>
        </Group>
      </Group>
    </Paper>
  );
}

function Exports({ tenant }: { readonly tenant: string }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<Download size={15} aria-hidden />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {FORMATS.map(([format, label]) => (
          <Menu.Item
            key={format}
            component="a"
            href={`${serviceUrl(pathOf('tenants', tenant, 'export'))}?format=${format}`}
            download
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
