/** Waits for a promise, but not longer than this; says what it was fulfilled with in time, and undefined otherwise. */
export async function valueWithin<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  const inTime = promise.catch(() => undefined);
  try {
    return await Promise.race([inTime, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The same for a promise of nothing; says whether it was fulfilled in time. */
export async function within(ms: number, promise: Promise<unknown>): Promise<boolean> {
  return (
    (await valueWithin(
      ms,
      promise.then(() => true),
    )) === true
  );
}
