/** What the model is told of a call that was executed, when its result was not kept, or is nothing that JSON can say. */
export function withoutResult(action: string): string {
  return `${action} was executed. Its result is not available.`;
}

/**
 * A result that JSON can say. What it cannot (a big integer, a cycle) must not look like a failure of the call, which was made: whoever
 * takes it for one makes it again.
 */
export function sayable(action: string, result: unknown): unknown {
  try {
    JSON.stringify(result);
    return result;
  } catch {
    return withoutResult(action);
  }
}

/** The same as a text for the model; undefined for no result. */
export function textOf(action: string, given: unknown): string | undefined {
  const result = sayable(action, given);
  return typeof result === 'string' ? result : JSON.stringify(result);
}
