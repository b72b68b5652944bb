import jsonPatch, { type Operation } from 'fast-json-patch';
import { split } from './args.ts';

/** The RFC 6902 patch that turns one JSON value into another. */
function diff(from: unknown, to: unknown): Operation[] {
  // The library compares members of two containers; a wrapper lets it compare any two values.
  const steps = jsonPatch.compare({ value: from }, { value: to });
  return steps.map((step) => ({ ...step, path: step.path.replace(/^\/value/, '') }));
}

/** Sealed fields `patch` and, for the members that are personal data, `patch.personal`. */
export function sealPatch(
  original: unknown,
  final: unknown,
  personal: readonly string[],
): Record<string, Operation[]> {
  const from = split(original, personal);
  const to = split(final, personal);
  const apart = diff(from.personal ?? {}, to.personal ?? {});
  return {
    patch: diff(from.rest, to.rest),
    ...(apart.length === 0 ? {} : { 'patch.personal': apart }),
  };
}
