import {
  type EntryRow,
  encodeEntry,
  entryHash,
  genesisEntry,
  type RegistryRow,
  SealtrailError,
  toEntryRow,
} from '@sealtrail/format';

/** What registration writes: the registry row and the first entry, both from tenant and time alone. */
export function registration(tenant: string, time: string): { registry: RegistryRow; genesis: EntryRow } {
  const entry = genesisEntry(tenant, time);
  const text = encodeEntry(entry);
  const hash = entryHash(text);
  return { registry: { tenant, time, genesis: hash }, genesis: toEntryRow(entry, text, hash, '{}') };
}

/** Somebody took a log out of the registry: to register it again over what is left of it would bury the evidence. */
export function unregistered(tenant: string): SealtrailError {
  return new SealtrailError(
    'log_broken',
    `${tenant} is not registered, and there is something of its log; verify it before anything is added`,
    { tenant },
  );
}
