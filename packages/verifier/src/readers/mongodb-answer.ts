import { SealtrailError } from '@sealtrail/format';

/** How long an answer is waited for, in milliseconds: naming every tenant of a large store takes minutes. */
const ANSWER_MS = 600_000;

/**
 * The server's answer; its failure is the store's, whatever the driver calls it. The driver may wait for ever, on a connection that
 * ended at the wrong moment.
 */
export async function reached<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ANSWER_MS / 1_000} s`)), ANSWER_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SealtrailError('store_unavailable', `MongoDB failed: ${why}`, {}, { cause });
  } finally {
    clearTimeout(timer);
  }
}
