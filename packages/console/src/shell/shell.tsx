import {
  ActionIcon,
  Burger,
  Button,
  Group,
  NativeSelect,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { LogOut, Moon, Sun } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Outlet, useLocation, useMatch, useNavigate } from 'react-router';
import { pathOf } from '../api/client.ts';
import { tenantsQuery } from '../api/queries.ts';
import { ChecksProvider } from '../integrity/checks.tsx';
import { useMe, useSignOut } from '../session/session.tsx';
import { Brand } from './brand.tsx';
import { Navigation } from './navigation.tsx';
import classes from './shell.module.css';
import { rememberedTenant, rememberTenant } from './tenant.ts';

/** The frame around every page: which tenant, which page, who. */
export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const match = useMatch('/t/:tenant/*');
  const shown = match?.params['tenant'];
  // Pages of no tenant keep the way back to the one that was looked at.
  const tenant = shown ?? rememberedTenant();
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const before = useRef(pathname);
  useEffect(() => {
    if (shown !== undefined) rememberTenant(shown);
  }, [shown]);
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    close();
    // A new page is announced, and the keyboard goes on from its heading.
    main.current?.querySelector('h1')?.focus();
    window.scrollTo(0, 0);
  }, [pathname, close]);
  return (
    <ChecksProvider>
      <button type="button" className={classes.skip} onClick={() => main.current?.focus()}>
        Skip to the page
      </button>
      <div className={classes.shell}>
        <aside aria-label="Tenant, pages and who is signed in">
          <div className={classes.bar}>
            <Brand />
            <Burger opened={isOpen} onClick={toggle} aria-label="Menu" aria-expanded={isOpen} size="sm" />
          </div>
          <div className={classes.side} data-open={isOpen}>
            <div className={classes.brand}>
              <Brand />
            </div>
            <TenantPicker tenant={tenant} />
            <Navigation tenant={tenant} />
            <Who />
          </div>
        </aside>
        <main className={classes.main} ref={main} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
    </ChecksProvider>
  );
}

function TenantPicker({ tenant }: { readonly tenant: string | undefined }) {
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

function Who() {
  const me = useMe();
  const signOut = useSignOut();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const other = scheme === 'dark' ? 'light' : 'dark';
  return (
    <div className={classes.foot}>
      <div>
        <Text size="sm" fw={600} truncate>
          {me.name}
        </Text>
        <Text size="xs" c="dimmed">
          {me.role}
          {me.scope.record !== undefined && `, one ${me.scope.record.type} only`}
        </Text>
      </div>
      <Group gap="xs" justify="space-between" wrap="nowrap">
        <Button
          variant="default"
          size="xs"
          leftSection={<LogOut size={14} aria-hidden />}
          onClick={() => void signOut()}
        >
          Sign out
        </Button>
        <ActionIcon
          variant="default"
          size="md"
          aria-label={`Use ${other} colours`}
          onClick={() => setColorScheme(other)}
        >
          {scheme === 'dark' ? <Sun size={16} aria-hidden /> : <Moon size={16} aria-hidden />}
        </ActionIcon>
      </Group>
    </div>
  );
}
