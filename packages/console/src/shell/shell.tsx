import { Burger } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { fromUrlSegment } from '@sealtrail/format';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { Outlet, useLocation, useMatch } from 'react-router';
import { ServiceError } from '../api/client.ts';
import { statusQuery } from '../api/queries.ts';
import { ChecksProvider } from '../integrity/checks.tsx';
import { PrintNote } from '../parts/printing.tsx';
import { Brand } from './brand.tsx';
import { Navigation } from './navigation.tsx';
import classes from './shell.module.css';
import { rememberedTenant, rememberTenant } from './tenant.ts';
import { TenantPicker } from './tenant-picker.tsx';
import { UnknownTenant } from './unknown-tenant.tsx';
import { Who } from './who.tsx';

/** The frame around every page: which tenant, which page, who. */
export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const match = useMatch('/t/:tenant/*');
  const named = match?.params['tenant'];
  const shown = named === undefined ? undefined : fromUrlSegment(named);
  // Pages of no tenant keep the way back to the one that was looked at.
  const tenant = shown ?? rememberedTenant();
  const hasMenu = useRef(isOpen);
  useEffect(() => {
    hasMenu.current = isOpen;
  }, [isOpen]);
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const before = useRef(pathname);
  const isUnknown = useIsUnknown(shown);
  useEffect(() => {
    if (shown !== undefined && isUnknown === false) rememberTenant(shown);
  }, [shown, isUnknown]);
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    close();
    // A new page is announced, and the keyboard goes on from its heading.
    // Who goes through the tenants is not done choosing, unless they are in a menu that closes.
    const isChoosing = document.activeElement?.tagName === 'SELECT' && !hasMenu.current;
    if (!isChoosing) main.current?.querySelector('h1')?.focus();
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
            <TenantPicker tenant={tenant} isUnknown={isUnknown === true} />
            <Navigation tenant={isUnknown ? undefined : tenant} />
            <Who />
          </div>
        </aside>
        <main className={classes.main} ref={main} tabIndex={-1}>
          <PrintNote tenant={shown} />
          {isUnknown && shown !== undefined ? <UnknownTenant tenant={shown} /> : <Outlet />}
        </main>
      </div>
    </ChecksProvider>
  );
}

/** Whether the service knows of no such tenant; undefined until it has said anything. */
function useIsUnknown(tenant: string | undefined): boolean | undefined {
  const { data, error } = useQuery({
    ...statusQuery(tenant ?? ''),
    enabled: tenant !== undefined,
    refetchInterval: false,
  });
  if (error instanceof ServiceError && (error.status === 404 || error.code === 'request_invalid'))
    return true;
  return data === undefined ? undefined : false;
}
