import { canonicalize, isSealtrailError } from '@sealtrail/format';

/**
 * A copy of arguments: what is recorded is what was given, whatever the caller does with its objects meanwhile. What is no JSON is
 * given back as it is, and refused where it is recorded.
 */
export function copyOf<T>(args: T): T {
  try {
    return JSON.parse(canonicalize(args)) as T;
  } catch (error) {
    if (isSealtrailError(error)) return args;
    throw error;
  }
}
