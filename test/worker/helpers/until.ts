import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something is so; how long it takes is not what is tested. */
export async function until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 240_000;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await sleep(25);
  }
}
