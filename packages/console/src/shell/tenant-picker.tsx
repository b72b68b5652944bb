import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLocation, useNavigate } from 'react-router';
import { pathOf } from '../api/client.ts';
import { tenantsQuery } from '../api/queries.ts';
import { useMe } from '../session/session.tsx';

/** Leads to the same page of another tenant. */
export function TenantPicker(props: {
  readonly tenant: string | undefined;
  /** Whether there is no such tenant, as far as whoever is signed in may know. */
  readonly isUnknown: boolean;
}) {
  const tenant = props.isUnknown ? undefined : props.tenant;
  const { scope } = useMe();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const { data } = useQuery({ ...tenantsQuery, enabled: scope.record === undefined });
  const names = data?.tenants.map((one) => one.tenant) ?? [];
  const all = tenant === undefined || names.includes(tenant) ? names : [tenant, ...names];
  if (all.length === 0) return null;
  // The same page of the other tenant; a record's page is one tenant's own.
  const page = /^\/t\/[^/]+\/(integrity|log|records|coaching|incident)/.exec(pathname)?.[1] ?? 'integrity';
  return (
    <NativeSelect
      label="Tenant"
      size="sm"
      value={tenant ?? ''}
      data={tenant === undefined ? [{ value: '', label: 'Choose…' }, ...all] : all}
      onChange={(event) => navigate(`/${pathOf('t', event.currentTarget.value, page)}`)}
    />
  );
}
