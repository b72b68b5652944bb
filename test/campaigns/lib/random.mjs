// @ts-check

/**
 * A generator for one case by itself: one that is looked at again, or a campaign that is taken up again, does not need those before it.
 *
 * @param {number} seed
 * @param {string} what
 * @param {number} i
 */
export function seededFor(seed, what, i) {
  let hash = seed | 0;
  for (const char of `${what} ${i}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  return seeded(hash);
}

/**
 * A generator of random numbers below 1 that gives the same numbers for the same seed (mulberry32).
 *
 * @param {number} seed
 * @returns {() => number}
 */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
