import { parentPort, workerData } from 'node:worker_threads';
import { type EntryProof, type HistoryProof, isSealtrailError, SealtrailError } from '@sealtrail/format';
import { LogFolder } from '@sealtrail/publisher';
import {
  evidenceText,
  exportBundle,
  openStore,
  proveEntry,
  proveHistory,
  type Store,
  undisclosable,
} from '@sealtrail/store';
import { type LogSource, openSource, type Progress, verifyTenant } from '@sealtrail/verifier';
import { openViews } from '@sealtrail/views';
import { exportEntries } from '@sealtrail/views/export';
import type { Assignment, Said, Told } from './job.ts';

const { store: location, job } = workerData as Assignment;
const port = parentPort as NonNullable<typeof parentPort>;
const stopping = new AbortController();
let resume = (): void => {};

port.on('message', (told: Told) => {
  if (told === 'stop') stopping.abort();
  resume();
});

const say = (said: Said): void => port.postMessage(said);

/** Hands text on and waits until it was taken: memory stays flat however slow the reader is. */
async function write(text: string): Promise<void> {
  const taken = new Promise<void>((resolve) => {
    resume = resolve;
  });
  say({ type: 'chunk', text });
  await taken;
  stopping.signal.throwIfAborted();
}

async function work(): Promise<unknown> {
  const { signal } = stopping;
  switch (job.kind) {
    case 'verify': {
      const onProgress = ({ walked, position, total }: Progress) =>
        say({ type: 'progress', walked, position, total });
      return withSource((source) => verifyTenant(source, job.tenant, { sealed: true, signal, onProgress }));
    }
    case 'prove-entry':
      return withStore((store) => proveEntry(store, job.tenant, job.seq, { seal: job.seal, signal }));
    case 'prove-history':
      return withStore((store) => proveHistory(store, job.tenant, job.record, { signal }));
    case 'coaching': {
      const views = await openViews({ store: location });
      return views.coaching(job.tenant, job.query, { signal }).finally(() => views.close());
    }
    case 'evidence':
      return withStore((store) => writeEvidence(store, job));
    case 'bundle': {
      const { tenant, values: openings, checked } = job;
      const time = new Date().toISOString();
      return withSource((source) =>
        exportBundle(source, write, { tenants: [tenant], openings, time, checked }),
      );
    }
    case 'entries': {
      const { kind: _, ...options } = job;
      return withSource((source) => exportEntries(source, write, options));
    }
  }
}

async function writeEvidence(
  store: Store,
  job: Extract<Assignment['job'], { kind: 'evidence' }>,
): Promise<void> {
  const { tenant, about, disclose, log } = job;
  const { signal } = stopping;
  const proof =
    typeof about === 'number'
      ? await proveEntry(store, tenant, about, { signal })
      : await proveHistory(store, tenant, about, { signal });
  const fault = undisclosable(proof, disclose);
  if (fault !== undefined) throw new SealtrailError('query_invalid', `disclose: ${fault}`);
  for await (const text of evidenceText(store, await completed(proof, log), { disclose })) await write(text);
}

/** Leads a proof on to the newest checkpoint; one that no checkpoint covers yet ends at its seal. */
async function completed<P extends EntryProof | HistoryProof>(
  proof: P,
  folder: string | undefined,
): Promise<P> {
  if (folder === undefined) return proof;
  const log = new LogFolder(folder);
  try {
    return await log.complete(proof);
  } catch (error) {
    if (!isSealtrailError(error, 'not_sealed')) throw error;
    return proof;
  } finally {
    log.close();
  }
}

async function withSource<T>(use: (source: LogSource) => Promise<T>): Promise<T> {
  const source = await openSource(location, { known: true });
  return use(source).finally(() => source.close());
}

async function withStore<T>(use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(location, { create: false });
  return use(store).finally(() => store.close());
}

try {
  say({ type: 'done', value: await work() });
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  say({ type: 'failed', code: isSealtrailError(error) ? error.code : null, message });
}
port.close();
