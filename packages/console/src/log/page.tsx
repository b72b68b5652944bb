import { useSearchParams } from 'react-router';
import { Page } from '../parts/page.tsx';
import { usePlace } from '../parts/place.ts';
import { Exports } from './exports.tsx';
import { parseFilter } from './filter.ts';
import { FilterBar } from './filter-bar.tsx';
import { Results } from './results.tsx';

/** Every entry, newest first. */
export function LogPage() {
  const { tenant = '' } = usePlace();
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
