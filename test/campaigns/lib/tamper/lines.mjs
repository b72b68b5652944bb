// @ts-check
import { canonicalize } from '@sealtrail/format';
import { ACCOUNTS, oneCharacter, pick } from './singles.mjs';

// Changes to files of lines: bundles and evidence.

/**
 * @typedef {object} LineCase
 * @property {string} how
 * @property {readonly string[]} lines
 * @property {number | undefined} position of the entry in the line that was changed, where only one was
 */

const VALUES = [null, 0, 1, -1, '', 'x', {}, [], true, '0'.repeat(64)];

/**
 * @param {readonly string[]} lines
 * @param {() => number} random
 * @returns {LineCase | undefined}
 */
export function lineCase(lines, random) {
  const at = Math.floor(random() * lines.length);
  const line = /** @type {string} */ (lines[at]);
  const one = (/** @type {string} */ how, /** @type {string} */ changed) =>
    changed === line
      ? undefined
      : { how, lines: lines.with(at, changed), position: samePosition(line, changed) };
  const chance = random();
  if (chance < 0.15)
    return { how: 'a line deleted', lines: lines.toSpliced(at, 1), position: positionOf(line) };
  if (chance < 0.25)
    return { how: 'a line repeated', lines: lines.toSpliced(at, 0, line), position: undefined };
  if (chance < 0.35) {
    const other = Math.floor(random() * lines.length);
    if (other === at) return undefined;
    return {
      how: 'two lines exchanged',
      lines: lines.with(at, String(lines[other])).with(other, line),
      position: undefined,
    };
  }
  if (chance < 0.4)
    return at === 0 ? undefined : { how: 'cut off', lines: lines.slice(0, at), position: undefined };
  if (chance < 0.6) return one('one character', oneCharacter(line, random));
  return one('a member', withMember(line, random));
}

/** The line with another value, canonical again. @type {(line: string, random: () => number) => string} */
function withMember(line, random) {
  const whole = JSON.parse(line);
  let object = whole;
  for (;;) {
    const names = Object.keys(object);
    if (names.length === 0) break;
    const name = pick(names, random);
    const value = object[name];
    if (typeof value === 'object' && value !== null && random() < 0.8) {
      object = value;
      continue;
    }
    if (Array.isArray(object) && random() < 0.3) object.splice(Number(name), 1);
    else if (Array.isArray(object)) object[Number(name)] = pick(VALUES, random);
    else if (random() < 0.2) delete object[name];
    else if (random() < 0.1) object['another'] = 1;
    else object[name] = pick(VALUES, random);
    break;
  }
  return canonicalize(whole);
}

/** An entry that names another position is named by that. @type {(line: string, changed: string) => number | undefined} */
function samePosition(line, changed) {
  const position = positionOf(line);
  try {
    return positionOf(changed) === position ? position : undefined;
  } catch {
    return position;
  }
}

/** @param {string} line */
function positionOf(line) {
  const { entry } = JSON.parse(line);
  if (typeof entry !== 'object' || entry === null) return undefined;
  // An account that says something else accounts for nothing: what it was about is then missing, and comes before it.
  return ACCOUNTS.includes(entry.type) ? undefined : Number(entry.seq);
}
