let next: Promise<void> | undefined;

/**
 * The next turn of the event loop, the same for all who wait for it: what they go on to do in it can be done together without a
 * turn more.
 */
export function turnTogether(): Promise<void> {
  next ??= new Promise((resolve) => {
    setImmediate(() => {
      next = undefined;
      resolve();
    });
  });
  return next;
}
