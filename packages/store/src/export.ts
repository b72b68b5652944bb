import {
  BUNDLE_FORMAT,
  type BundleLine,
  type BundleTenant,
  ERASED_TYPE,
  encodeBundleLine,
  encodeEntry,
  entryHash,
  type Finding,
  genesisEntry,
  type HeadRow,
  headRowSchema,
  isSealtrailError,
  type RegistryRow,
  readAnchor,
  registryRowSchema,
  SealtrailError,
} from '@sealtrail/format';
import {
  Findings,
  type LogReader,
  type LogSource,
  type Progress,
  type PrunedStart,
  prefetch,
  readPruned,
  Walk,
} from '@sealtrail/verifier';

export interface ExportOptions {
  /** Only these tenants; default all that are registered. */
  readonly tenants?: readonly string[] | undefined;
  /** Whether the sealed values go with it; default `included`. */
  readonly openings?: 'included' | 'withheld' | undefined;
  /**
   * Whether what is written is verified on the way; default true. Otherwise a log is written as it is, broken or not, for
   * somebody who verifies it without trusting this side.
   */
  readonly checked?: boolean | undefined;
  /** When the export was made, as in an entry's `time`. */
  readonly time: string;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Only these positions of the one tenant that is named; `head` is what the head says at their end. */
  readonly cut?: { readonly from: number; readonly head: HeadRow } | undefined;
}

export interface ExportResult {
  readonly tenants: number;
  readonly entries: number;
  readonly anchors: number;
}

/**
 * Writes a bundle (SPEC 8.4), in bounded memory. What is written is verified on the way, unless that is not wanted.
 *
 * @param write takes pieces of text in order; a promise that it returns is waited for
 * @throws SealtrailError `segment_broken` when a log does not verify: a bundle is made of good logs only; `store_unavailable` also when
 *   it was pruned or erased from meanwhile, and the store does not show what it was before
 */
export async function exportBundle(
  source: LogSource,
  write: (chunk: string) => Promise<void> | void,
  options: ExportOptions,
): Promise<ExportResult> {
  const openings = options.openings ?? 'included';
  if (openings === 'included' && source.openings === 'withheld') {
    throw new SealtrailError(
      'config_invalid',
      'this source has no sealed values to include: ask for them to be withheld (--withhold)',
    );
  }
  const count = { tenants: 0, entries: 0, anchors: 0 };
  const line = (value: BundleLine): string => `${encodeBundleLine(value)}\n`;
  await write(line({ kind: 'bundle', value: { format: BUNDLE_FORMAT, openings, time: options.time } }));
  for await (const log of chosen(source, options.tenants)) {
    const release = await log.hold?.();
    try {
      const section = await describe(log, options.cut);
      await write(line({ kind: 'tenant', value: section.line }));
      count.tenants++;
      try {
        for await (const chunk of sectionLines(source, log, section, openings, count, options))
          await write(chunk);
      } catch (error) {
        if (isSealtrailError(error, 'segment_broken') && (await isOvertaken(log, section)))
          throw overtaken(log.tenant);
        throw error;
      }
    } finally {
      release?.();
    }
  }
  await write(line({ kind: 'end', value: count }));
  return count;
}

async function* chosen(source: LogSource, tenants: readonly string[] | undefined): AsyncGenerator<LogReader> {
  if (tenants === undefined) {
    for await (const log of source.logs()) yield log;
    return;
  }
  for (const tenant of [...new Set(tenants)].sort()) {
    const log = await source.log(tenant);
    if (log.registry === undefined)
      throw new SealtrailError('source_invalid', `there is no tenant ${tenant} here`);
    yield log;
  }
}

interface Section {
  readonly line: BundleTenant;
  readonly head: HeadRow;
  /** What comes before the first entry, where segments were pruned. */
  readonly pruned: PrunedStart | undefined;
}

async function describe(log: LogReader, cut: ExportOptions['cut']): Promise<Section> {
  const registry = registryRowSchema.safeParse(log.registry);
  const row = headRowSchema.safeParse(cut?.head ?? (await log.head()));
  if (!registry.success || !row.success || !followsFrom(registry.data)) {
    throw broken(log.tenant, [], 'it has no usable registration or head');
  }
  const { tenant, time, genesis } = registry.data;
  const head = row.data;
  const { seq, hash, anchor_number, anchor_hash } = head;
  const anchor =
    anchor_number === null || anchor_hash === null ? null : { number: anchor_number, hash: anchor_hash };
  // What was pruned is not there to be exported.
  const pruned = cut === undefined ? await readPruned(log, new Findings(), anchor_number) : undefined;
  const from = cut?.from ?? pruned?.from ?? Math.max(log.start, (await log.firstPosition?.()) ?? 0);
  // A newest anchor over what was pruned has no place in the file.
  const named = pruned?.anchors.number === anchor?.number ? null : anchor;
  const line = { tenant, time, genesis, from, head: { hash, seq, time: head.time }, anchor: named };
  return { line, head, pruned };
}

function followsFrom({ tenant, time, genesis }: RegistryRow): boolean {
  return genesis === entryHash(encodeEntry(genesisEntry(tenant, time)));
}

/**
 * Whether something was pruned or erased since a section began. Where a store shows each question another state, it is then missed in
 * the section, and what accounts for it comes after its end.
 */
async function isOvertaken(log: LogReader, { line: { from }, head }: Section): Promise<boolean> {
  if (log.hold !== undefined) return false;
  if (((await log.firstPosition?.()) ?? 0) > from) return true;
  for await (const { entries } of log.walk({ from: head.seq + 1 })) {
    if (entries.some(({ type }) => type === ERASED_TYPE)) return true;
  }
  return false;
}

function overtaken(tenant: string): SealtrailError {
  const message = `entries of ${tenant} were pruned or erased while it was exported: export it again`;
  return new SealtrailError('store_unavailable', message, { tenant });
}

/** The section's lines, in pieces; ends at the head as it was when the section began. */
async function* sectionLines(
  source: LogSource,
  log: LogReader,
  { line: section, head, pruned }: Section,
  openings: 'included' | 'withheld',
  count: { entries: number; anchors: number },
  options: ExportOptions,
): AsyncGenerator<string> {
  const { from } = section;
  const { checked = true } = options;
  const findings = new Findings();
  pruned?.anchors.report(findings);
  let chunk = '';
  let walked = 0;
  const walk = new Walk({
    tenant: log.tenant,
    findings,
    from,
    to: head.seq,
    source,
    registeredGenesis: section.genesis,
    head,
    anchors: pruned?.anchors,
    previous: pruned?.previous,
  });
  for await (const batch of prefetch(log.walk({ from, to: head.seq }))) {
    if (checked) walk.take(batch);
    if (findings.count > 0) break;
    for (const row of batch.anchors) {
      const text = String(row['anchor']);
      // An anchor made after the section began may reach beyond its last entry.
      if ((numberOf(text) ?? -1) > (section.anchor?.number ?? -1)) continue;
      chunk += `${encodeBundleLine({ kind: 'anchor', text })}\n`;
      count.anchors++;
    }
    for (const row of batch.entries) {
      const text = String(row['entry']);
      const stored = openings === 'included' ? String(row['openings']) : undefined;
      chunk += `${encodeBundleLine({ kind: 'entry', text, openings: stored })}\n`;
      count.entries++;
      walked++;
    }
    options.onProgress?.({
      tenant: log.tenant,
      walked,
      position: from + walked - 1,
      total: head.seq - from + 1,
    });
    yield chunk;
    chunk = '';
  }
  if (!checked) return;
  walk.endOfEntries(true);
  walk.finish();
  // A part does not hold what accounts for its missing values.
  if (openings === 'included' && options.cut === undefined) walk.accounts.end(findings);
  if (findings.count > 0) throw broken(log.tenant, findings.list, findings.list[0]?.message ?? '');
  if (walk.last?.seq !== head.seq) throw broken(log.tenant, [], `it ends before position ${head.seq}`);
  if (section.anchor !== null && walk.anchors.hashOfWanted !== section.anchor.hash) {
    throw broken(log.tenant, [], `it has not the anchor ${section.anchor.number} that its head names`);
  }
}

/** Number of an anchor; undefined when it is none, which is for whoever verifies the bundle to say. */
function numberOf(text: string): number | undefined {
  try {
    return readAnchor(text).number;
  } catch (error) {
    if (isSealtrailError(error)) return undefined;
    throw error;
  }
}

function broken(tenant: string, findings: readonly Finding[], why: string): SealtrailError {
  return new SealtrailError('segment_broken', `the log of ${tenant} is broken: ${why}`, { tenant, findings });
}
