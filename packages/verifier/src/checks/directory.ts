import {
  anchorHash,
  type DirectoryLine,
  directoryLeaf,
  type Hash,
  isHash,
  isName,
  isPosition,
  isSealtrailError,
  merkleRoot,
  readSeal,
  SEAL_TYPE,
  SEALS_TENANT,
  type Seal,
  tenantKey,
  ZERO_HASH,
} from '@sealtrail/format';
import type { Findings } from '../findings.ts';
import type { LogSource, RawRow } from '../source.ts';

/** What the newest seal says, held against the logs. */
export interface DirectoryCheck {
  /** Null when nothing was ever sealed. */
  readonly seal: Seal | null;
  /** Tenants of its directory whose newest sealed anchor is still there. */
  readonly tenants: number;
}

/**
 * Holds the newest seal's directory against what is stored: every tenant that was ever sealed is still there, with the anchor
 * that was the newest then. A tenant that was deleted with its registry row, or a log that was set back together with its
 * head and anchors, is found by this alone. The stored changes are attacker-controlled; the root in the seal vouches for them.
 */
export async function checkDirectory(source: LogSource, findings: Findings): Promise<DirectoryCheck> {
  const directory = await readDirectory(source, findings);
  if (directory === undefined) return { seal: null, tenants: 0 };
  const { newest, lines } = directory;
  let tenants = 0;
  for (const [tenant, line] of lines) {
    if (await isStillThere(source, tenant, line, newest.number, findings)) tenants++;
  }
  return { seal: newest, tenants };
}

/** As {@link checkDirectory}, for what the newest seal says about one tenant. */
export async function checkSealedTenant(
  source: LogSource,
  tenant: string,
  findings: Findings,
): Promise<void> {
  const directory = await readDirectory(source, findings);
  const line = directory?.lines.get(tenant);
  if (directory === undefined || line === undefined) return;
  await isStillThere(source, tenant, line, directory.newest.number, findings);
}

/** The directory of the newest seal, as far as that seal vouches for it. */
async function readDirectory(
  source: LogSource,
  findings: Findings,
): Promise<{ readonly newest: Seal; readonly lines: ReadonlyMap<string, DirectoryLine> } | undefined> {
  const seals = await readSeals(source, findings);
  const newest = seals.at(-1);
  if (newest === undefined || source.directoryChanges === undefined) return undefined;
  const lines = await foldChanges(source.directoryChanges(), seals, findings);
  const sorted = [...lines.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  if (
    merkleRoot(sorted.map(directoryLeaf)) !== newest.directory_root ||
    sorted.length !== newest.directory_size
  ) {
    findings.add({
      code: 'directory_mismatch',
      position: null,
      message: `the stored directory is not the one of seal ${newest.number}`,
    });
  }
  return { newest, lines };
}

async function readSeals(source: LogSource, findings: Findings): Promise<Seal[]> {
  const seals: Seal[] = [];
  const log = await source.log(SEALS_TENANT);
  for await (const { entries } of log.walk({ from: 0 })) {
    for (const row of entries) {
      if (row['type'] !== SEAL_TYPE || typeof row['entry'] !== 'string') continue;
      try {
        seals.push(readSeal(row['entry']));
      } catch (error) {
        if (!isSealtrailError(error)) throw error;
        const position = isPosition(row['seq']) ? row['seq'] : null;
        findings.add({ code: 'seal_malformed', position, message: `${SEALS_TENANT}: ${error.message}` });
      }
    }
  }
  return seals;
}

async function foldChanges(
  changes: AsyncIterable<readonly RawRow[]>,
  seals: readonly Seal[],
  findings: Findings,
): Promise<Map<string, DirectoryLine>> {
  const names = new Map(seals.map(({ directory, number }) => [directory, number]));
  const lines = new Map<string, DirectoryLine>();
  for await (const rows of changes) {
    for (const { directory, seal, tenant, anchors, entries, last } of rows) {
      // Left over from an attempt that somebody else was faster than.
      if (typeof directory !== 'string' || names.get(directory) !== seal) continue;
      if (!isName(tenant) || !isPosition(anchors) || !isPosition(entries) || !isHash(last)) {
        findings.add({
          code: 'directory_mismatch',
          position: null,
          message: `a stored change of seal ${String(seal)} is malformed`,
        });
        continue;
      }
      const before = lines.get(tenant);
      if (before !== undefined && before.anchors > anchors) {
        findings.add({
          code: 'directory_mismatch',
          position: null,
          message: `seal ${String(seal)} sets ${tenant} back from ${before.anchors} anchors to ${anchors}`,
        });
      }
      lines.set(tenant, { key: before?.key ?? tenantKey(tenant), anchors, entries, last });
    }
  }
  return lines;
}

async function isStillThere(
  source: LogSource,
  tenant: string,
  { anchors, last }: DirectoryLine,
  seal: number,
  findings: Findings,
): Promise<boolean> {
  const log = await source.log(tenant);
  if (log.registry === undefined) {
    findings.add({
      code: 'sealed_tenant_missing',
      position: null,
      message: `${tenant} was sealed (${seal}), but is gone`,
    });
    return false;
  }
  if (anchors === 0) return last === ZERO_HASH;
  for await (const rows of log.anchors()) {
    for (const row of rows) {
      if (row['number'] !== anchors - 1) continue;
      if (hashOf(row) === last) return true;
      findings.add({
        code: 'sealed_anchor_mismatch',
        position: null,
        anchor: anchors - 1,
        message: `anchor ${anchors - 1} of ${tenant} is not the one that was sealed (${seal})`,
      });
      return false;
    }
  }
  findings.add({
    code: 'sealed_anchor_missing',
    position: null,
    anchor: anchors - 1,
    message: `anchor ${anchors - 1} of ${tenant} was sealed (${seal}), but is gone: the log was set back`,
  });
  return false;
}

function hashOf(row: RawRow): Hash | undefined {
  return typeof row['anchor'] === 'string' ? anchorHash(row['anchor']) : undefined;
}
