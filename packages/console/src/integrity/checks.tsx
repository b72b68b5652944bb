import type { TenantReport } from '@sealtrail/verifier/stream';
import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import type { Run } from '../api/answers.ts';
import { checkInBrowser } from './browser-check.ts';
import { type Check, NO_CHECK, type Side } from './check.ts';
import { note, notedOf } from './noted.ts';
import { cancelRun, followRun, startRun } from './server-check.ts';

interface Under {
  readonly stopping: AbortController;
  run?: string;
  /** Somebody cancelled it before it was known which run it is. */
  isGivenUp?: boolean;
  /** Why it could not be cancelled. */
  problem?: Error;
}

/** The checks since the page was opened, and those under way. They go on while other pages are looked at. */
class Checks {
  readonly #checks = new Map<string, Check>();
  readonly #under = new Map<string, Under>();
  readonly #listeners = new Set<() => void>();
  readonly #onEnd: () => void;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  get(tenant: string, side: Side): Check {
    return this.#checks.get(keyOf(tenant, side)) ?? NO_CHECK;
  }

  /** @param known entries that the log had by now, as the service said */
  start(tenant: string, side: Side, known: number | undefined): void {
    void this.#carryOut(tenant, side, side === 'browser' ? undefined : () => startRun(tenant), known);
  }

  /** Follows a run that was under way before this page was opened. */
  join(run: Run): void {
    void this.#carryOut(run.tenant, 'server', () => Promise.resolve(run));
  }

  /** Gives a check up. What keeps the service from stopping its run is shown beside the check, which goes on. */
  cancel(tenant: string, side: Side): void {
    const key = keyOf(tenant, side);
    const under = this.#under.get(key);
    if (under === undefined) return;
    if (side === 'browser') under.stopping.abort();
    // It is being started: there is nothing to stop until the service has said which run it is.
    else if (under.run === undefined) under.isGivenUp = true;
    else {
      cancelRun(under.run).catch((error: unknown) => {
        if (this.#under.get(key) !== under) return;
        under.problem = errorOf(error);
        this.#set(key, { ...this.get(tenant, side), error: under.problem });
      });
    }
  }

  close(): void {
    for (const { stopping } of this.#under.values()) stopping.abort();
  }

  async #carryOut(
    tenant: string,
    side: Side,
    begin: (() => Promise<Run>) | undefined,
    known?: number,
  ): Promise<void> {
    const key = keyOf(tenant, side);
    if (this.#under.has(key)) return;
    const under: Under = { stopping: new AbortController() };
    const { signal } = under.stopping;
    this.#under.set(key, under);
    this.#set(key, { ...NO_CHECK, phase: 'running' });
    const onProgress = (progress: Check['progress']): void =>
      this.#set(key, { ...NO_CHECK, phase: 'running', progress, error: under.problem ?? null });
    try {
      if (begin === undefined) {
        const noted = notedOf(tenant);
        const { report, walked } = await checkInBrowser(tenant, noted, onProgress, signal);
        const done = { report, noted, known, walked, finished: Date.now() };
        this.#set(key, { ...NO_CHECK, phase: 'done', ...done });
        if (report.status === 'valid' && report.last !== null) {
          const { seq, hash } = report.last;
          note(tenant, { seq, hash, time: new Date().toISOString() });
        }
      } else {
        under.run = (await begin()).id;
        if (under.isGivenUp) {
          await cancelRun(under.run);
          this.#set(key, { ...NO_CHECK, phase: 'cancelled' });
        } else this.#set(key, ended(await followRun(under.run, onProgress, signal)));
      }
    } catch (error) {
      this.#set(
        key,
        signal.aborted
          ? { ...NO_CHECK, phase: 'cancelled' }
          : { ...this.get(tenant, side), phase: 'failed', error: errorOf(error) },
      );
    } finally {
      this.#under.delete(key);
      this.#onEnd();
    }
  }

  #set(key: string, check: Check): void {
    this.#checks.set(key, check);
    for (const listener of this.#listeners) listener();
  }
}

const errorOf = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

const keyOf = (tenant: string, side: Side): string => `${side} ${tenant}`;

function ended({ state, report, error }: Run): Check {
  if (state === 'cancelled') return { ...NO_CHECK, phase: 'cancelled' };
  if (report !== null) return { ...NO_CHECK, phase: 'done', report, finished: Date.now() };
  return {
    ...NO_CHECK,
    phase: 'failed',
    error: new Error(error?.message ?? 'The check ended without a verdict.'),
  };
}

const Context = createContext<Checks | undefined>(undefined);

export function ChecksProvider({ children }: { readonly children: ReactNode }) {
  const queries = useQueryClient();
  const [checks] = useState(
    () =>
      new Checks(() => {
        void queries.invalidateQueries({ queryKey: ['runs'] });
        void queries.invalidateQueries({ queryKey: ['status'] });
      }),
  );
  useEffect(() => () => checks.close(), [checks]);
  return <Context value={checks}>{children}</Context>;
}

export function useChecks(): Checks {
  const checks = useContext(Context);
  if (checks === undefined) throw new Error('checks are used outside of the shell');
  return checks;
}

/** What the checks of one log since the page was opened came to. */
export function useReports(tenant: string): TenantReport[] {
  const checks = [useCheck(tenant, 'server'), useCheck(tenant, 'browser')];
  return checks.flatMap(({ report }) => (report === null ? [] : [report]));
}

/** One check as it stands now. */
export function useCheck(tenant: string, side: Side): Check {
  const checks = useChecks();
  return useSyncExternalStore(checks.subscribe, () => checks.get(tenant, side));
}
