// @ts-check
import { oneCharacter, pick } from '../singles.mjs';

// Changes of texts: the checkpoint, the note that was remembered, the policy, a tlog-proof. What they still say is worked out by comparing
// lines, without reading signatures.

/** A signature line of somebody whom no policy names. */
const NOBODYS = `— nobody.example/key ${Buffer.alloc(68, 7).toString('base64')}`;
const MARK = '\u{feff}';

/** @type {(note: string) => { text: string, signatures: string[] }} */
function partsOf(note) {
  const end = note.lastIndexOf('\n\n');
  return {
    text: note.slice(0, end + 1),
    signatures: note
      .slice(end + 2)
      .trimEnd()
      .split('\n'),
  };
}

/** @type {(text: string, signatures: readonly string[]) => string} */
const noteOf = (text, signatures) => `${text}\n${signatures.map((line) => `${line}\n`).join('')}`;

/**
 * A change of a signed note.
 *
 * @param {string} note
 * @param {readonly string[]} others other notes of the same log
 * @param {() => number} random
 * @returns {{ how: string, note: string } | undefined}
 */
export function noteCase(note, others, random) {
  const { text, signatures } = partsOf(note);
  const other = partsOf(pick(others, random));
  const at = Math.floor(random() * signatures.length);
  /** @type {readonly (() => { how: string, note: string })[]} */
  const changes = [
    () => ({ how: 'one character', note: oneCharacter(note, random) }),
    () => ({
      how: 'one character of what is signed',
      note: oneCharacter(text, random) + note.slice(text.length),
    }),
    () => ({ how: 'cut', note: note.slice(0, Math.floor(random() * note.length)) }),
    () => ({ how: 'a signature left out', note: noteOf(text, signatures.toSpliced(at, 1)) }),
    () => ({ how: 'a signature repeated', note: noteOf(text, [...signatures, String(signatures[at])]) }),
    () => ({ how: 'signatures in another order', note: noteOf(text, [...signatures].reverse()) }),
    () => ({ how: "nobody's signature added", note: noteOf(text, signatures.toSpliced(at, 0, NOBODYS)) }),
    () => ({
      how: 'a signature of another checkpoint',
      note: noteOf(text, signatures.with(at, sameKey(other.signatures, signatures[at]))),
    }),
    () => ({ how: 'signatures of another checkpoint', note: noteOf(text, other.signatures) }),
    () => ({ how: 'a line more is signed', note: noteOf(`${text}more\n`, signatures) }),
    () => ({ how: 'an empty line more', note: noteOf(`${text}\n`, signatures) }),
    () => ({ how: 'a byte order mark', note: MARK + note }),
    () => ({ how: 'other line ends', note: note.replaceAll('\n', '\r\n') }),
    () => ({ how: 'nothing', note: '' }),
  ];
  const changed = pick(changes, random)();
  return changed.note === note ? undefined : changed;
}

/** @type {(lines: readonly string[], line: string | undefined) => string} */
function sameKey(lines, line) {
  const name = (/** @type {string | undefined} */ one) => String(one).split(' ')[1];
  return lines.find((one) => name(one) === name(line)) ?? NOBODYS;
}

/**
 * Whether a note still says what another one says: the same text, with all of its signatures.
 *
 * @type {(changed: string, note: string) => boolean}
 */
export function saysTheSame(changed, note) {
  const [a, b] = [partsOf(changed), partsOf(note)];
  return a.text === b.text && b.signatures.every((line) => a.signatures.includes(line));
}

/** Whether the first three lines are the same: signatures of a note that is remembered were verified before. @type {(a: string, b: string) => boolean} */
export function remembersTheSame(a, b) {
  return partsOf(a).text === partsOf(b).text;
}

/** @type {(policy: string, random: () => number) => { how: string, policy: string } | undefined} */
export function policyCase(policy, random) {
  const lines = policy.trimEnd().split('\n');
  const at = Math.floor(random() * lines.length);
  const text = (/** @type {readonly string[]} */ list) => `${list.join('\n')}\n`;
  /** @type {readonly (() => { how: string, policy: string })[]} */
  const changes = [
    () => ({ how: 'one character', policy: oneCharacter(policy, random) }),
    () => ({ how: 'one character', policy: oneCharacter(policy, random) }),
    () => ({ how: 'a line left out', policy: text(lines.toSpliced(at, 1)) }),
    () => ({ how: 'a line repeated', policy: text(lines.toSpliced(at, 0, String(lines[at]))) }),
    () => ({ how: 'cut', policy: policy.slice(0, Math.floor(random() * policy.length)) }),
  ];
  const changed = pick(changes, random)();
  return changed.policy === policy ? undefined : changed;
}

/** What a policy says, without what nothing follows from: comments, spacing, addresses. @param {string} policy */
export function saidBy(policy) {
  return policy
    .split('\n')
    .map((line) => line.split(/[ \t]+/).filter((word) => word !== ''))
    .filter(([word]) => word !== undefined && !word.startsWith('#'))
    .map((words) => words.slice(0, words[0] === 'log' ? 2 : words[0] === 'witness' ? 3 : undefined).join(' '))
    .join('\n');
}

/** @type {(proof: string, others: readonly string[], random: () => number) => { how: string, proof: string } | undefined} */
export function proofCase(proof, others, random) {
  const end = proof.indexOf('\n\n') + 2;
  const [head, note] = [proof.slice(0, end), proof.slice(end)];
  const lines = head.trimEnd().split('\n');
  const at = Math.floor(random() * lines.length);
  const withHead = (/** @type {readonly string[]} */ list) => `${list.join('\n')}\n\n${note}`;
  /** @type {readonly (() => { how: string, proof: string } | undefined)[]} */
  const changes = [
    () => ({ how: 'one character', proof: oneCharacter(head, random) + note }),
    () => ({ how: 'a line left out', proof: withHead(lines.toSpliced(at, 1)) }),
    () => ({ how: 'a line repeated', proof: withHead(lines.toSpliced(at, 0, String(lines[at]))) }),
    () => ({ how: 'extra data', proof: withHead(lines.toSpliced(1, 0, 'extra AQID')) }),
    () => {
      const changed = noteCase(note, others, random);
      return changed === undefined ? undefined : { how: changed.how, proof: head + changed.note };
    },
    () => ({ how: 'under another checkpoint', proof: head + pick(others, random) }),
  ];
  const changed = pick(changes, random)();
  return changed === undefined || changed.proof === proof ? undefined : changed;
}

/** @type {(changed: string, proof: string) => boolean} */
export function provesTheSame(changed, proof) {
  const end = (/** @type {string} */ text) => text.indexOf('\n\n');
  const head = (/** @type {string} */ text) => text.slice(0, end(text)).replace(/^extra .*\n/m, '');
  return (
    head(changed) === head(proof) && saysTheSame(changed.slice(end(changed) + 2), proof.slice(end(proof) + 2))
  );
}
