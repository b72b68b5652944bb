import { randomUUID } from 'node:crypto';
import { isSealtrailError, SealtrailError } from '@sealtrail/format';
import type { Progress, TenantReport } from '@sealtrail/verifier';
import { keyOf, type Signed } from '../access/identity.ts';
import type { RunList, RunRow, ServiceData } from '../data/port.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Place } from '../jobs/queue.ts';
import {
  ABANDONED,
  asOfNow,
  ended,
  failure,
  isStale,
  judged,
  now,
  progressOf,
  type Run,
  type RunEvent,
  shown,
} from './run.ts';

/** How often a process says that its run is still under way, in milliseconds. */
const BEAT_MS = 5_000;
/** How often a run of another process is looked at. */
const POLL_MS = 1_000;

/** Is told that a run began, and how it ended, before anybody else is. What it throws ends the run. */
export type Witness = (phase: 'started' | 'finished', run: Run) => Promise<void>;

interface Local {
  row: RunRow;
  readonly stopping: AbortController;
  readonly listeners: Set<() => void>;
  ended: Promise<void>;
}

/** Verifications: one at a time for each tenant, whichever process runs it. */
export class Runs {
  readonly #data: ServiceData;
  readonly #jobs: Jobs;
  readonly #onFailed: (error: unknown) => void;
  readonly #local = new Map<string, Local>();

  /** @param onFailed told what kept a run from ending well */
  constructor(data: ServiceData, jobs: Jobs, onFailed: (error: unknown) => void) {
    this.#data = data;
    this.#jobs = jobs;
    this.#onFailed = onFailed;
  }

  /**
   * Starts a verification and returns while it is under way.
   *
   * @throws SealtrailError `verification_running` with the id of the other run in its detail; `service_busy` when too many wait;
   *   what the witness throws
   */
  async start(tenant: string, by: Pick<Signed, 'by' | 'id'>, witness: Witness): Promise<Run> {
    const running = await this.#underWay(tenant);
    if (running !== undefined) throw runningAlready(running);
    // Before anybody is told of it: that there is no place to be had is no verification that failed.
    const place = this.#jobs.enter(keyOf(by));
    try {
      const local = await this.#begin(tenant, by.id, witness);
      this.#local.set(local.row.id, local);
      local.ended = this.#carryOut(local, place, witness);
      return shown(local.row);
    } catch (error) {
      place.leave();
      throw error;
    }
  }

  async #begin(tenant: string, by: string, witness: Witness): Promise<Local> {
    const started = now();
    const row: RunRow = {
      id: randomUUID(),
      tenant,
      by,
      started,
      finished: null,
      state: 'running',
      walked: 0,
      position: null,
      total: null,
      report: null,
      error: null,
      beat: started,
    };
    if (!(await this.#data.addRun(row))) {
      throw runningAlready({ tenant, id: (await this.#data.runningRun(tenant))?.id ?? null });
    }
    try {
      await witness('started', shown(row));
    } catch (error) {
      await this.#data.saveRun(ended(row, 'failed', { error: failure(error) }));
      throw error;
    }
    return { row, stopping: new AbortController(), listeners: new Set(), ended: Promise.resolve() };
  }

  async #carryOut(local: Local, place: Place, witness: Witness): Promise<void> {
    const { stopping } = local;
    const beating = setInterval(() => void this.#beat(local), BEAT_MS);
    let result: RunRow;
    try {
      const { tenant } = local.row;
      const onProgress = ({ walked, position, total }: Omit<Progress, 'tenant'>): void => {
        local.row = { ...local.row, walked, position, total };
        this.#tell(local);
      };
      const { signal } = stopping;
      const value = await this.#jobs.run({ kind: 'verify', tenant }, place, { signal, onProgress });
      result = judged(local.row, value as TenantReport);
    } catch (error) {
      const cancelled = stopping.signal.aborted;
      if (!cancelled) this.#onFailed(error);
      result = ended(local.row, cancelled ? 'cancelled' : 'failed', {
        error: cancelled ? null : failure(error),
      });
    } finally {
      clearInterval(beating);
    }
    try {
      await witness('finished', shown(result));
    } catch (error) {
      // A verdict that is not recorded is not given.
      this.#onFailed(error);
      result = ended(local.row, 'failed', { error: failure(error) });
    }
    // Not saved when somebody else ended the run first: that is what is shown then.
    const saved = await this.#data.saveRun(result).catch(this.#onFailed);
    local.row =
      saved === false ? ((await this.#data.run(result.id).catch(() => undefined)) ?? result) : result;
    this.#local.delete(result.id);
    this.#tell(local);
  }

  async #beat(local: Local): Promise<void> {
    if (local.row.state !== 'running') return;
    local.row = { ...local.row, beat: now() };
    // Another process may have cancelled it. That the database is away for a moment is no reason to stop.
    const saved = await this.#data.saveRun(local.row).catch(() => true);
    if (!saved) local.stopping.abort();
  }

  #tell({ listeners }: Local): void {
    for (const listener of listeners) listener();
  }

  /** The run of a tenant that is under way. One whose process died is ended, and so is one of which that cannot be known. */
  async #underWay(tenant: string): Promise<RunRow | undefined> {
    const running = await this.#data.runningRun(tenant).catch(async (error) => {
      if (!isSealtrailError(error, 'store_layout')) throw error;
      await this.#data.endDamagedRun(tenant);
      return undefined;
    });
    if (running === undefined || !isStale(running) || this.#local.has(running.id)) return running;
    await this.#data.saveRun(ended(running, 'failed', { error: ABANDONED }));
    return undefined;
  }

  async get(id: string): Promise<Run | undefined> {
    const local = this.#local.get(id)?.row;
    const row = local ?? (await this.#data.run(id));
    return row === undefined ? undefined : shown(local === undefined ? asOfNow(row) : row);
  }

  async list(tenant: string, limit: number): Promise<RunList<Run>> {
    const { runs, damaged } = await this.#data.runs(tenant, limit);
    const now = runs.map((row) => shown(this.#local.get(row.id)?.row ?? asOfNow(row)));
    return { runs: now, damaged };
  }

  /** Stops a run; does nothing to one that has ended. */
  async cancel(id: string): Promise<Run | undefined> {
    const local = this.#local.get(id);
    if (local !== undefined) {
      local.stopping.abort();
      await local.ended;
      return shown(local.row);
    }
    const row = await this.#data.run(id);
    if (row === undefined) return undefined;
    if (row.state === 'running') await this.#data.saveRun(ended(row, 'cancelled'));
    return this.get(id);
  }

  /** The progress of a run, as often as there is any, and its end. */
  async *watch(id: string, signal: AbortSignal): AsyncGenerator<RunEvent> {
    while (!signal.aborted) {
      const run = await this.get(id);
      if (run === undefined) return;
      yield { event: 'progress', data: progressOf(run) };
      if (run.state !== 'running') {
        yield { event: 'done', data: { run } };
        return;
      }
      await this.#news(id, run.walked, signal);
    }
  }

  /** Until there is more to tell than what was told; a run of another process is looked at again after a while. */
  async #news(id: string, told: number, signal: AbortSignal): Promise<void> {
    const local = this.#local.get(id);
    if (local !== undefined && local.row.walked !== told) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        local?.listeners.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, POLL_MS);
      local?.listeners.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  /** Stops the runs of this process. They are cancelled, and say so. */
  async close(): Promise<void> {
    const all = [...this.#local.values()];
    for (const { stopping } of all) stopping.abort();
    await Promise.all(all.map(({ ended }) => ended));
  }
}

function runningAlready({ tenant, id }: { readonly tenant: string; readonly id: string | null }) {
  return new SealtrailError('verification_running', `${tenant} is being verified already`, { run: id });
}
