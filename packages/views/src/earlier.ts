import type { Build } from './port.ts';

// An earlier build stays named in the progress, under the name of no tenant, until all of it is dropped. The change of name is one
// with the beginning of the next build, so whoever drops it may die anywhere: the next one finds it.

/** No tenant's name has a slash. */
export const EARLIER = '/';
/** The first text behind all that begin with it. */
export const AFTER_EARLIER = '0';

/** What an earlier build is named by. */
export function earlierName(build: Build): string {
  return `${EARLIER}${build}`;
}

/** Steps of dropping that an index takes while it is opened: who asks a question waits for it. What is left then, the next one takes. */
export const STEPS_AT_OPENING = 10;
