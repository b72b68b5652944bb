import { canonicalize, isSealtrailError } from '@sealtrail/format';

/**
 * A copy of what a caller gave: what is recorded is what was given, whatever the caller does with its objects meanwhile. What is no JSON is
 * given back as it is, and refused where it is recorded.
 */
export function copyOf<T>(given: T): T {
  try {
    return JSON.parse(canonicalize(given)) as T;
  } catch (error) {
    if (isSealtrailError(error)) return given;
    throw error;
  }
}
