import { openBundleStream, type Progress, type TenantReport, verifyTenant } from '@sealtrail/verifier/stream';
import type { WorkerNews, WorkerTask } from './check.ts';
import { noting, type Walked } from './walked.ts';

// Walks a log in a thread of its own, with the verifier's own code, over the raw bytes that the service sends. What the
// service says about them is not asked for: a service that lies, or that lies in its answers only, is found out here.

const say = (news: WorkerNews): void => self.postMessage(news);

self.addEventListener('message', ({ data }: MessageEvent<WorkerTask>) => {
  void check(data).catch((error: unknown) =>
    say({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
  );
});

async function check({ url, tenant, trusted }: WorkerTask): Promise<void> {
  const began = performance.now();
  const onProgress = ({ walked, position, total }: Progress): void => {
    const seconds = (performance.now() - began) / 1_000;
    const rate = seconds > 0 ? Math.round(walked / seconds) : 0;
    say({ kind: 'progress', progress: { walked, total, rate, position } });
  };
  const { source, hashes } = noting(await openBundleStream(() => bytesOf(url)));
  try {
    const report = await verifyTenant(source, tenant, { onProgress, trusted });
    say({ kind: 'done', report, walked: walkedOf(report, hashes()) });
  } finally {
    await source.close();
  }
}

/** Only of a log in order is it known which entry belongs at which position. */
function walkedOf({ status, range }: TenantReport, hashes: Uint8Array): Walked | undefined {
  return status === 'valid' && range !== null ? { from: range.from, hashes } : undefined;
}

async function* bytesOf(url: string): AsyncGenerator<Uint8Array> {
  const response = await fetch(url, { credentials: 'same-origin', cache: 'no-store' }).catch(
    (cause: unknown) => {
      throw new Error('The service does not answer.', { cause });
    },
  );
  if (!response.ok || response.body === null)
    throw new Error(`The service did not send the log: status ${response.status}.`);
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw new Error('The log broke off while it was sent. What came says nothing of the rest.', {
          cause,
        });
      });
      if (done) return;
      say({ kind: 'heard' });
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}
