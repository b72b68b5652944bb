const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Until somebody asks the process to end; a second signal does not wait for anything. Ask for it before the line that says that
 * a server is there: whoever waits for that line may stop it at once, and an unheard signal would end the process unclosed.
 */
export function askedToStop(): Promise<void> {
  return new Promise((resolve) => {
    const onSignal = (): void => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
      resolve();
    };
    for (const signal of SIGNALS) process.on(signal, onSignal);
  });
}
