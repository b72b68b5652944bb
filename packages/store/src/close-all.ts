/**
 * Closes one thing after the other. What cannot be closed must not keep the rest open.
 *
 * @throws the first error, once all was tried
 */
export async function closeAll(closings: Iterable<() => void | Promise<void>>): Promise<void> {
  const faults: unknown[] = [];
  for (const close of closings) {
    try {
      await close();
    } catch (fault) {
      faults.push(fault);
    }
  }
  if (faults.length > 0) throw faults[0];
}
