import { Anchor } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ScrollText } from 'lucide-react';
import { Link, Navigate } from 'react-router';
import { pathOf } from '../api/client.ts';
import { tenantsQuery } from '../api/queries.ts';
import { Page } from '../parts/page.tsx';
import { Empty, ErrorNote, Loading } from '../parts/states.tsx';
import { useMe } from '../session/session.tsx';
import { rememberedTenant } from './tenant.ts';

/** The first page: of the record that somebody may see, or of the tenant that was looked at last. */
export function Home() {
  const { scope } = useMe();
  const { record } = scope;
  const { data, error, refetch } = useQuery({ ...tenantsQuery, enabled: record === undefined });
  if (record !== undefined && scope.tenants !== 'all') {
    return (
      <Navigate to={`/${pathOf('t', scope.tenants[0] ?? '', 'records', record.type, record.id)}`} replace />
    );
  }
  if (error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="Looking for logs" />;
  const names = data.tenants.map(({ tenant }) => tenant);
  const remembered = rememberedTenant();
  const tenant =
    remembered !== undefined && names.includes(remembered)
      ? remembered
      : names.find((name) => !name.startsWith('~'));
  if (tenant !== undefined) return <Navigate to={`/${pathOf('t', tenant, 'integrity')}`} replace />;
  // The operator's own logs are there before there is anything to look at.
  const own = names.find((name) => name === '~access');
  return (
    <Page title="Logs">
      <Empty title="There is no log yet" icon={<ScrollText size={32} aria-hidden />}>
        A log begins with the first entry that a plugin writes. The README shows one in ten lines;{' '}
        <code>npm run demo</code> fills a store to look at.
        {own !== undefined && (
          <>
            {' '}
            The operator’s own log{' '}
            <Anchor component={Link} underline="always" to={`/${pathOf('t', own, 'log')}`}>
              {own}
            </Anchor>{' '}
            says who looked.
          </>
        )}
      </Empty>
    </Page>
  );
}
