import { useSearchParams } from 'react-router';
import { NotMeant, useAsked } from '../parts/asked.tsx';
import { Page } from '../parts/page.tsx';
import { usePlace } from '../parts/place.ts';
import { Exports } from './exports.tsx';
import { parseFilter } from './filter.ts';
import { FilterBar } from './filter-bar.tsx';
import { type Place, placeOf, RULES } from './place.ts';
import { Results } from './results.tsx';

/** Every entry, newest first. */
export function LogPage() {
  const { tenant = '' } = usePlace();
  const [, setSearch] = useSearchParams();
  const { values, others } = useAsked(RULES);
  const { q: text = '' } = values;
  const parsed = parseFilter(text);
  const go = (q: string, place: Place = {}): void =>
    setSearch(
      Object.entries({ q, ...place }).flatMap(([name, value]): [string, string][] =>
        value === undefined || value === '' ? [] : [[name, String(value)]],
      ),
    );
  return (
    <Page
      title="Log"
      about="Every entry as it is stored, the newest first. Whether it is what was recorded is what a check says."
      actions={<Exports tenant={tenant} />}
    >
      <NotMeant others={others} />
      <FilterBar text={text} parsed={parsed} onChange={(q) => go(q)} />
      {parsed.ok && (
        <Results
          // Another search begins on its first page.
          key={`${tenant} ${text}`}
          tenant={tenant}
          parsed={parsed}
          place={placeOf(values)}
          onGo={(place) => go(text, place)}
          onAll={() => go('')}
        />
      )}
    </Page>
  );
}
