import { constants } from 'node:os';

/** Closes on the first signal and ends with 0; a second one does not wait for anything. */
export function closeOnSignal(close: () => Promise<void>): void {
  let closing = false;
  const onSignal = (signal: 'SIGTERM' | 'SIGINT'): void => {
    if (closing) process.exit(128 + constants.signals[signal]);
    closing = true;
    close().then(
      () => process.exit(0),
      (error) => {
        console.error(
          `sealtrail-worker: could not stop cleanly: ${error instanceof Error ? error.message : error}`,
        );
        process.exit(2);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
