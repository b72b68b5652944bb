import {
  type EntryRow,
  encodeEntry,
  entryHash,
  genesisEntry,
  type RegistryRow,
  toEntryRow,
} from '@sealtrail/format';

/** What registration writes: the registry row and the first entry, both from tenant and time alone. */
export function registration(tenant: string, time: string): { registry: RegistryRow; genesis: EntryRow } {
  const entry = genesisEntry(tenant, time);
  const text = encodeEntry(entry);
  const hash = entryHash(text);
  return { registry: { tenant, time, genesis: hash }, genesis: toEntryRow(entry, text, hash, '{}') };
}
