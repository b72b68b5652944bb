import { isSealtrailError } from '@sealtrail/format';
import { anchorTenant, type Store } from '@sealtrail/store';
import type { Alert, AnchoringEvents } from './events.ts';
import { brokenCode, classify, type Failure } from './failure.ts';

/** Everything that a run needs and that stays the same. */
export interface AnchoringContext {
  readonly store: Store;
  readonly maxSegment: number;
  readonly maxDelayMs: number;
  readonly events: AnchoringEvents;
}

/** `nothing`: all is anchored, or what is not may still wait. */
export type AnchorOutcome = 'anchored' | 'nothing' | Failure;

/** What anchoring one tenant came to. */
export interface AnchorRun {
  readonly tenant: string;
  readonly outcome: AnchorOutcome;
  /** Anchors added, and the entries under them: also those added before a run failed. */
  readonly anchors: number;
  readonly entries: number;
  /** Whether there is more to anchor, for another run: the tenant had its share. */
  readonly more: boolean;
  readonly durationMs: number;
  readonly error?: unknown;
}

/** Segments that one run anchors at most, so that a tenant with a long backlog does not hold up the others. */
const SHARE = 16;

/**
 * Anchors one tenant, as far as its share goes, and says what became of it; throws nothing. May run twice at once and may be killed at any point, as
 * {@link anchorTenant} may: what is left behind is a log with fewer anchors, which the next run continues.
 */
export async function runAnchor(
  context: AnchoringContext,
  tenant: string,
  signal?: AbortSignal,
): Promise<AnchorRun> {
  const { store, maxSegment, maxDelayMs, events } = context;
  const begin = performance.now();
  let anchors = 0;
  let entries = 0;
  let more = false;
  let failure: { readonly outcome: Failure; readonly error: unknown } | undefined;
  try {
    const result = await anchorTenant(store, tenant, {
      maxSegment,
      maxDelayMs,
      maxAnchors: SHARE,
      signal,
      onAnchor: ({ from, to }) => {
        anchors++;
        entries += to - from + 1;
      },
    });
    more = result.more;
  } catch (error) {
    failure = { outcome: classify(error, signal), error };
  }
  const run: AnchorRun = {
    tenant,
    outcome: anchors > 0 ? 'anchored' : 'nothing',
    anchors,
    entries,
    more,
    durationMs: performance.now() - begin,
    ...failure,
  };
  events.onAnchor(run);
  const alert = alertOf(run);
  if (alert !== undefined) events.onAlert(alert);
  return run;
}

const LISTED_FINDINGS = 10;

function alertOf({ outcome, tenant, error }: AnchorRun): Alert | undefined {
  if (outcome !== 'broken' && outcome !== 'failed') return undefined;
  const message = error instanceof Error ? error.message : String(error);
  if (!isSealtrailError(error)) return { code: 'anchor_failed', tenant, message, detail: {} };
  const { findings } = error.detail;
  const detail = Array.isArray(findings)
    ? { findings: findings.slice(0, LISTED_FINDINGS), finding_count: findings.length }
    : { error: error.code };
  return { code: brokenCode(error) ?? 'anchor_failed', tenant, message, detail };
}
