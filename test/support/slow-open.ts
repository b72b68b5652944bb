import fs from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { onTestFinished, vi } from 'vitest';

const LATE_MS = 100;

/** Has files opened later than asked for, until the test ends. @returns a promise of the first one that was opened, and what comes at once after it */
export function slowOpen(): Promise<void> {
  const { open } = fs;
  const opened = new Promise<void>((resolve) => {
    const slow = (...args: Parameters<typeof open>) =>
      void setTimeout(LATE_MS).then(() => {
        open(...args);
        resolve();
      });
    const spy = vi.spyOn(fs, 'open').mockImplementation(slow as typeof open);
    onTestFinished(() => spy.mockRestore());
  });
  return opened.then(() => setTimeout(LATE_MS));
}
