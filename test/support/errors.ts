import { isSealtrailError } from '@sealtrail/format';

/** How a promise ended: `done`, or the code of its error; anything else that it throws comes through. */
export async function outcome(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'done';
  } catch (error) {
    if (isSealtrailError(error)) return error.code;
    throw error;
  }
}

/** The code that a call or a promise fails with. */
export async function codeOf(run: Promise<unknown> | (() => unknown)): Promise<string> {
  return outcome((async () => (typeof run === 'function' ? run() : run))());
}
