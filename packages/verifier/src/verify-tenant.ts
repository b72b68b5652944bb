import { type Finding, type HeadRow, SEALS_TENANT, SealtrailError } from '@sealtrail/format';
import { checkSealedTenant } from './checks/directory.ts';
import { checkEnd, checkNewest, checkPruned } from './checks/end.ts';
import { checkHeadAnchor, checkHeadRow, checkOldHead } from './checks/head.ts';
import { type PrunedStart, prunedUpTo, readPruned } from './checks/pruned.ts';
import { addUnregistered, checkRegistryRow } from './checks/registry.ts';
import { chooseRange } from './choose-range.ts';
import { Findings } from './findings.ts';
import type { TenantReport, VerifyOptions } from './report.ts';
import type { LogReader, LogSource, WalkRange } from './source.ts';
import { tenantReport } from './summary.ts';
import { verifySegments } from './verify-segments.ts';
import { type WalkInParts, walkThrough } from './walk-through.ts';

/**
 * Verifies one tenant's log.
 *
 * @throws SealtrailError `config_invalid` for options that contradict each other, `source_invalid` or `store_unavailable`
 *   when the source cannot be read. What is wrong with the log is in the report, never thrown.
 */
export async function verifyTenant(
  source: LogSource,
  tenant: string,
  options: VerifyOptions = {},
): Promise<TenantReport> {
  return verifyLog(source, await source.log(tenant), options);
}

/**
 * Verifies one log of an open source.
 *
 * @param walkInParts a faster way through a long log that is in order
 */
export async function verifyLog(
  source: LogSource,
  log: LogReader,
  options: VerifyOptions,
  walkInParts?: WalkInParts,
): Promise<TenantReport> {
  const release = await log.hold?.();
  try {
    // Nothing that happens meanwhile is seen.
    if (release !== undefined) return await verifyOnce(source, log, options, walkInParts);
    return await verifyMoving(source, log, options, walkInParts);
  } finally {
    release?.();
  }
}

/** How often a log is read again whose beginning was pruned while it was read. */
const AGAIN = 3;

/**
 * Where a store shows each question another state, entries that are pruned meanwhile are missing, and what accounts for them may not
 * be met.
 */
async function verifyMoving(
  source: LogSource,
  log: LogReader,
  options: VerifyOptions,
  walkInParts?: WalkInParts,
): Promise<TenantReport> {
  for (let left = AGAIN; ; left--) {
    const before = await log.firstPosition?.();
    const report = await verifyOnce(source, log, options, walkInParts);
    if (report.status === 'valid' || left === 0 || (await log.firstPosition?.()) === before) return report;
  }
}

async function verifyOnce(
  source: LogSource,
  log: LogReader,
  options: VerifyOptions,
  walkInParts?: WalkInParts,
): Promise<TenantReport> {
  const chosen = chooseRange(log, options);
  const findings = new Findings(options.maxFindings);
  const storedHead = await log.head();
  const registered = checkRegistryRow(log.registry, log.tenant, findings);
  if (options.segments !== undefined) {
    const { segments: chosen } = options;
    const registeredGenesis = registered?.genesis;
    return verifySegments({ source, log, storedHead, registeredGenesis, chosen, options, findings });
  }
  const head = storedHead === undefined ? undefined : checkHeadRow(storedHead, log.tenant, findings);
  const { range, pruned } = await afterPruned(log, chosen, head, options, findings);
  const start = pruned?.from ?? log.start;
  const job = { source, log, range, head, registeredGenesis: registered?.genesis, pruned, options, findings };
  // What is wrong so far may need the one walk that sees everything to be judged.
  const inParts = findings.count === 0 ? await walkInParts?.(job) : undefined;
  const { walk, rows, unreadable } = inParts ?? (await walkThrough(job));

  const empty = storedHead === undefined && rows.anchors + rows.entries === 0;
  walk.endOfEntries(head !== undefined && head.seq === walk.last?.seq && head.hash === walk.last.hash);
  if (log.registry === undefined) {
    if (!empty) addUnregistered(log.tenant, findings);
  } else {
    if (rows.entries === 0 && range.from === start && range.to === undefined && !unreadable) {
      findings.add({
        code: 'tenant_missing',
        position: range.from,
        message: `${log.tenant} is registered, but its entries are gone`,
      });
    }
    if (storedHead === undefined) checkHeadRow(undefined, log.tenant, findings);
  }
  checkEnd(walk, range, head, options, findings);
  if (head !== undefined && range.to === undefined && (range.from === start || walk.anchors.number >= 0)) {
    checkHeadAnchor(head, walk.anchors.number, walk.anchors.to, walk.anchors.hashOfWanted, findings);
  }
  if (head !== undefined && range.to === undefined && !source.columns) checkNewest(walk, head, findings);
  walk.finish();
  if (head !== undefined && pruned !== undefined) checkOldHead(head, pruned, findings);
  const whole = range.to === undefined;
  if (whole) walk.accounts.end(findings);
  const { prunings } = walk.accounts;
  // A file that begins in the midst of a log does not have the anchors before it.
  walk.accounts.prunedTo =
    pruned === undefined ? Math.max(-1, ...prunings.map(({ to }) => to)) : await prunedUpTo(log, prunings);
  if (whole && pruned !== undefined) checkPruned(walk, pruned.from, findings);
  if (whole && range.from === start) await checkIndexes(log, range, inParts !== undefined, findings);
  if (options.sealed === true) {
    await checkSealedTenant(source, log.tenant, findings);
    await checkSeals(source, log.tenant, findings, options.signal);
  }
  return tenantReport({ source, log, range, start, head, walk, findings, options, empty });
}

/** A seal that was altered, or hidden, could let a log be set back to the one before it. */
async function checkSeals(
  source: LogSource,
  tenant: string,
  findings: Findings,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (tenant === SEALS_TENANT) return;
  const log = await source.log(SEALS_TENANT);
  const { status, walked } = await verifyLog(source, log, { maxFindings: 1, signal });
  const isThere = log.registry !== undefined || walked > 0;
  if (status !== 'broken' || !isThere) return;
  // What is wrong with it is for whoever may see that log.
  findings.add({
    code: 'seals_broken',
    position: null,
    message: `${SEALS_TENANT}, the log of the seals, is broken: what it says of ${tenant} counts for nothing`,
  });
}

/** @param inParts whether whoever walked the log in parts has held them against the indexes */
async function checkIndexes(
  log: LogReader,
  range: WalkRange,
  inParts: boolean,
  findings: Findings,
): Promise<void> {
  let faults = 0;
  const report = async (found: AsyncIterable<Finding> | undefined): Promise<void> => {
    for await (const finding of found ?? []) {
      faults++;
      findings.add(finding);
    }
  };
  if (!inParts) await report(log.indexFaults?.(range));
  // Rows that are not where an index says are hidden by it as well.
  if (faults === 0) await report(log.hiddenFaults?.());
}

/** The range, without what is not stored any more if what is stored begins after an anchor. */
async function afterPruned(
  log: LogReader,
  range: WalkRange,
  head: HeadRow | undefined,
  { trusted }: VerifyOptions,
  findings: Findings,
): Promise<{ readonly range: WalkRange; readonly pruned: PrunedStart | undefined }> {
  const pruned = await readPruned(log, findings, head?.anchor_number ?? null);
  if (pruned === undefined || range.from >= pruned.from) return { range, pruned: undefined };
  const asked = range.to ?? trusted?.seq;
  if (asked !== undefined && asked < pruned.from) {
    throw new SealtrailError('pruned', `positions 0 to ${pruned.from - 1} are not stored here any more`);
  }
  return { range: { ...range, from: pruned.from }, pruned };
}
