import { oneRun, type Run, runProgress, runs } from '../api/answers.ts';
import { ask, pathOf, ServiceError, serviceUrl, tell } from '../api/client.ts';
import type { CheckProgress } from './check.ts';

/** A run says something every second. When its events do not come for so long, they are on no way to this page. */
const SILENCE_MS = 15_000;
/** How often a run is asked about when its events do not come. */
const POLL_MS = 2_000;
/** How often in a row nobody may answer before a run is given up: it goes on without this page. */
const MAX_SILENT = 5;

/** Starts a run, or joins the one that somebody else started. @throws ServiceError */
export async function startRun(tenant: string): Promise<Run> {
  const path = pathOf('tenants', tenant, 'verifications');
  try {
    return (await ask(path, oneRun, { method: 'POST', body: {} })).run;
  } catch (error) {
    if (!(error instanceof ServiceError) || error.status !== 409) throw error;
    const running = (await ask(path, runs)).runs.find(({ state }) => state === 'running');
    if (running === undefined) throw error;
    return running;
  }
}

export const cancelRun = (id: string): Promise<void> =>
  tell(pathOf('verifications', id), { method: 'DELETE' });

/** Follows a run to its end, by its events, or by asking again and again where a proxy holds events back. */
export async function followRun(
  id: string,
  onProgress: (progress: CheckProgress) => void,
  signal: AbortSignal,
): Promise<Run> {
  const done = await byEvents(id, onProgress, signal);
  if (done !== undefined) return done;
  for (let silent = 0; ; ) {
    signal.throwIfAborted();
    try {
      const { run } = await ask(pathOf('verifications', id), oneRun, { signal });
      if (run.state !== 'running') return run;
      onProgress(progressOf(run));
      silent = 0;
    } catch (error) {
      if (!isSilence(error) || ++silent > MAX_SILENT) throw error;
    }
    await new Promise((resume) => setTimeout(resume, POLL_MS));
  }
}

/** No answer, or that of a proxy which got none. */
const isSilence = (error: unknown): boolean =>
  error instanceof ServiceError && [0, 502, 503, 504].includes(error.status);

function progressOf({ started, walked, position, total }: Run): CheckProgress {
  const seconds = (Date.now() - Date.parse(started)) / 1_000;
  return { walked, total, rate: Math.round(walked / Math.max(1, seconds)), position };
}

/** Undefined when the events broke off, or do not come. */
async function byEvents(
  id: string,
  onProgress: (progress: CheckProgress) => void,
  signal: AbortSignal,
): Promise<Run | undefined> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const events = new EventSource(serviceUrl(pathOf('verifications', id, 'events')));
    const end = (run: Run | undefined): void => {
      clearTimeout(silence);
      events.close();
      resolve(run);
    };
    let silence = setTimeout(end, SILENCE_MS);
    events.addEventListener('progress', ({ data }) => {
      clearTimeout(silence);
      silence = setTimeout(end, SILENCE_MS);
      const parsed = runProgress.safeParse(jsonOf(data));
      if (parsed.success) onProgress(parsed.data);
    });
    events.addEventListener('done', ({ data }) => {
      const parsed = oneRun.safeParse(jsonOf(data));
      end(parsed.success ? parsed.data.run : undefined);
    });
    events.addEventListener('error', () => end(undefined));
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(silence);
        events.close();
        reject(signal.reason);
      },
      { once: true },
    );
  });
}

function jsonOf(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
