import { Anchor } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { SearchX } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Link } from 'react-router';
import { pathOf } from '../api/client.ts';
import { tenantsQuery } from '../api/queries.ts';
import { Page } from '../parts/page.tsx';
import { Empty } from '../parts/states.tsx';
import { Written } from '../parts/written.tsx';

/** As many as help somebody who mistyped a name. */
const SHOWN = 12;

/** Said instead of any page about a tenant that there is not. */
export function UnknownTenant({ tenant }: { readonly tenant: string }) {
  const { data } = useQuery(tenantsQuery);
  const page = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The heading that had the focus is gone.
    page.current?.querySelector('h1')?.focus();
  }, []);
  const names = (data?.tenants ?? []).map((one) => one.tenant).filter((one) => !one.startsWith('~'));
  return (
    <div ref={page}>
      <Page title="No such tenant">
        <Empty title="There is no log of this tenant" icon={<SearchX size={32} aria-hidden />}>
          No tenant called “<Written text={tenant} />” has a log here, or your access does not include it.
          {names.length > 0 && ' There are: '}
          {names.slice(0, SHOWN).map((name, i) => (
            <span key={name}>
              {i > 0 && ', '}
              <Anchor component={Link} underline="always" to={`/${pathOf('t', name, 'integrity')}`}>
                {name}
              </Anchor>
            </span>
          ))}
          {names.length > SHOWN && ', and others'}
        </Empty>
      </Page>
    </div>
  );
}
