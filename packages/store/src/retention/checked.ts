import { type ErrorCode, SealtrailError } from '@sealtrail/format';

/**
 * Makes a draft of what a caller gave.
 *
 * @throws SealtrailError of the code when it is not of the form that readers ask for: they would take no notice of the entry
 */
export function checked<T>(code: ErrorCode, make: () => T, why?: string): T {
  try {
    return make();
  } catch (cause) {
    throw new SealtrailError(code, why ?? reasonOf(cause), {}, { cause });
  }
}

/** Of what a schema found, the first. */
function reasonOf(cause: unknown): string {
  const [issue] = (Object(cause).issues ?? []) as { path: PropertyKey[]; message: string }[];
  if (issue === undefined) return cause instanceof Error ? cause.message : String(cause);
  return `${issue.path.map(String).join('.')} ${issue.message}`.trim();
}
