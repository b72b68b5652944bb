/** Waits a random time below `limitMs`, so that processes that collided do not collide again. */
export function jitter(limitMs: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, 1 + Math.random() * limitMs));
}

/** Delays that double up to a limit, for waiting on a lock or a server. */
export function* backoff(firstMs: number, maxMs: number): Generator<number, never> {
  for (let ms = firstMs; ; ms = Math.min(ms * 2, maxMs)) yield ms;
}
