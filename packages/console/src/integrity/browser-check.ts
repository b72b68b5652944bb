import { pathOf, SILENCE_MS, serviceUrl } from '../api/client.ts';
import type { BrowserCheck, CheckProgress, WorkerNews, WorkerTask } from './check.ts';

/**
 * Walks a tenant's log in a worker.
 *
 * @param trusted an entry that the log must still have
 * @throws Error when the log could not be fetched, or the worker failed; AbortError when it was given up
 */
export function checkInBrowser(
  tenant: string,
  trusted: WorkerTask['trusted'],
  onProgress: (progress: CheckProgress) => void,
  signal: AbortSignal,
): Promise<BrowserCheck> {
  const worker = new Worker(new URL('./check.worker.ts', import.meta.url), { type: 'module' });
  let silence: ReturnType<typeof setTimeout>;
  const result = new Promise<BrowserCheck>((resolve, reject) => {
    const giveUp = (): void =>
      reject(
        new Error('Nothing more of the log has come for 10 minutes. What came says nothing of the rest.'),
      );
    silence = setTimeout(giveUp, SILENCE_MS);
    worker.addEventListener('message', ({ data }: MessageEvent<WorkerNews>) => {
      clearTimeout(silence);
      silence = setTimeout(giveUp, SILENCE_MS);
      if (data.kind === 'progress') onProgress(data.progress);
      else if (data.kind === 'done') resolve(data);
      else if (data.kind === 'failed') reject(new Error(data.message));
    });
    worker.addEventListener('error', ({ message }) => reject(new Error(`The check ended: ${message}`)));
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  const task: WorkerTask = { url: serviceUrl(pathOf('tenants', tenant, 'log')), tenant, trusted };
  worker.postMessage(task);
  return result.finally(() => {
    clearTimeout(silence);
    worker.terminate();
  });
}
