import { Text } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { useMe } from '../session/session.tsx';
import { Written } from './written.tsx';

// What goes on paper or into a PDF, perhaps to a court: whole hashes and texts, times that read the same everywhere, dark on white.

const SCHEME = 'data-mantine-color-scheme';
const listeners = new Set<() => void>();
/** Since when the page is being printed. */
let since: string | undefined;
let scheme: string | null = null;

function set(time: string | undefined): void {
  since = time;
  for (const listener of listeners) listener();
}

window.addEventListener('beforeprint', () => {
  const { documentElement: root } = document;
  scheme ??= root.getAttribute(SCHEME);
  root.setAttribute(SCHEME, 'light');
  set(new Date().toISOString());
});
window.addEventListener('afterprint', () => {
  if (scheme !== null) document.documentElement.setAttribute(SCHEME, scheme);
  scheme = null;
  set(undefined);
});

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** When the printing that is under way began, in UTC; undefined when there is none. */
export function usePrinting(): string | undefined {
  return useSyncExternalStore(subscribe, () => since);
}

/** Whose paper this is, and that it is no evidence. */
export function PrintNote({ tenant }: { readonly tenant: string | undefined }) {
  const { name } = useMe();
  const time = usePrinting();
  if (time === undefined) return null;
  return (
    <Text size="sm" mb="md" component="div">
      {tenant === undefined ? 'This page' : `Tenant ${tenant}`}, as {window.location.href} showed it to{' '}
      <Written text={name} /> at {time}. Times that end with Z are in UTC. This print proves nothing by
      itself: what can be checked without this system is what can be downloaded from it, an export or
      evidence, with sealtrail-verify.
    </Text>
  );
}
