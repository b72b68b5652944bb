import { encodeEntry, entryHash, genesisEntry, type RegistryRow, registryRowSchema } from '@sealtrail/format';
import type { Findings } from '../findings.ts';
import type { RawRow } from '../source.ts';

/** Checks a tenant's registry row: its columns, and that its genesis hash follows from tenant and time. */
export function checkRegistryRow(
  row: RawRow | undefined,
  tenant: string,
  findings: Findings,
): RegistryRow | undefined {
  if (row === undefined) return undefined;
  const parsed = registryRowSchema.safeParse(row);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    findings.add({
      code: 'registry_malformed',
      position: null,
      message: `the registration of ${tenant} is malformed: ${issue?.path.join('.')} ${issue?.message}`,
    });
    return undefined;
  }
  const registered = parsed.data;
  const implied = entryHash(encodeEntry(genesisEntry(registered.tenant, registered.time)));
  if (registered.tenant !== tenant || registered.genesis !== implied) {
    findings.add({
      code: 'registry_malformed',
      position: null,
      message: `the registration of ${tenant} does not fit its own first entry`,
    });
    return undefined;
  }
  return registered;
}

/** Rows of a tenant that is not registered. */
export function addUnregistered(tenant: string, findings: Findings): void {
  findings.add({
    code: 'tenant_unregistered',
    position: null,
    message: `there are rows of ${tenant}, which the registry does not know`,
  });
}
