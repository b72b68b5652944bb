import { anchorHash, type DirectoryLine, type Hash, type Seal } from '@sealtrail/format';
import type { Findings } from '../findings.ts';
import type { LogSource, RawRow } from '../source.ts';
import { readDirectories } from './sealed-lines.ts';

/** What the newest seal says, held against the logs. */
export interface DirectoryCheck {
  /** Null when nothing was ever sealed. */
  readonly seal: Seal | null;
  /** Tenants of its directory whose newest sealed anchor is still there. */
  readonly tenants: number;
}

/**
 * Holds the directories of the seals against what is stored: every tenant that was ever sealed is still there, with the anchor
 * that was the newest then. A tenant that was deleted with its registry row, or a log that was set back together with its
 * head and anchors, is found by this alone. The newest directory counts, and that of the last seal that was noted: whoever can
 * append a seal of his own cannot touch the other.
 *
 * @param noted a position of the operator's log whose hash is known from elsewhere; -1 without any
 */
export async function checkDirectory(
  source: LogSource,
  noted: number,
  findings: Findings,
): Promise<DirectoryCheck> {
  const directories = await readDirectories(source, noted, findings);
  if (directories === undefined) return { seal: null, tenants: 0 };
  const { newest } = directories;
  let tenants = 0;
  for (const [tenant, line] of newest.lines) {
    const lines: SealedLine[] = [{ ...line, seal: newest.seal.number }];
    const earlier = directories.noted?.lines.get(tenant);
    if (directories.noted !== undefined && earlier !== undefined && earlier !== line)
      lines.push({ ...earlier, seal: directories.noted.seal.number });
    if (await areStillThere(source, tenant, lines, findings)) tenants++;
  }
  return { seal: newest.seal, tenants };
}

/**
 * As {@link checkDirectory}, for what the newest seal says about one tenant. The directories of all tenants are read, since only
 * together they give the roots; nothing that is found names another tenant, nor is what is wrong with another one found here.
 */
export async function checkSealedTenant(
  source: LogSource,
  tenant: string,
  findings: Findings,
): Promise<void> {
  const directories = await readDirectories(source, -1, findings, tenant);
  const line = directories?.newest.lines.get(tenant);
  if (directories === undefined || line === undefined) return;
  await areStillThere(source, tenant, [{ ...line, seal: directories.newest.seal.number }], findings);
}

type SealedLine = DirectoryLine & { readonly seal: number };

async function areStillThere(
  source: LogSource,
  tenant: string,
  lines: readonly SealedLine[],
  findings: Findings,
): Promise<boolean> {
  const log = await source.log(tenant);
  if (log.registry === undefined) {
    findings.add({
      code: 'sealed_tenant_missing',
      position: null,
      message: `${tenant} was sealed (${lines.map(({ seal }) => seal).join(', ')}), but is gone`,
    });
    return false;
  }
  const open = new Map(lines.filter(({ anchors }) => anchors > 0).map((line) => [line.anchors - 1, line]));
  let same = true;
  if (open.size > 0) {
    for await (const rows of log.anchors()) {
      for (const row of rows) {
        const line = open.get(row['number'] as number);
        if (line === undefined) continue;
        open.delete(line.anchors - 1);
        if (hashOf(row) !== line.last) {
          same = false;
          addAnchor(tenant, line, 'sealed_anchor_mismatch', findings);
        }
      }
      if (open.size === 0) break;
    }
  }
  for (const line of open.values()) addAnchor(tenant, line, 'sealed_anchor_missing', findings);
  return same && open.size === 0;
}

function addAnchor(
  tenant: string,
  { anchors, seal }: SealedLine,
  code: 'sealed_anchor_mismatch' | 'sealed_anchor_missing',
  findings: Findings,
): void {
  const anchor = anchors - 1;
  const message =
    code === 'sealed_anchor_mismatch'
      ? `anchor ${anchor} of ${tenant} is not the one that was sealed (${seal})`
      : `anchor ${anchor} of ${tenant} was sealed (${seal}), but is gone: the log was set back`;
  findings.add({ code, position: null, anchor, message });
}

function hashOf(row: RawRow): Hash | undefined {
  return typeof row['anchor'] === 'string' ? anchorHash(row['anchor']) : undefined;
}
