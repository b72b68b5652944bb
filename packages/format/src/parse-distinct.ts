import { MAX_DEPTH } from './canonical.ts';
import { SealtrailError } from './errors.ts';

/**
 * Parses JSON in any spelling, but with no name twice in one object (SPEC 13): of two members with one name, parsers differ in which
 * one they take, and two readers would have been shown two proofs.
 *
 * @throws SealtrailError `proof_malformed`
 */
export function parseDistinct(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw malformed('the text is no JSON', cause);
  }
  // The text is JSON: where a string is a name, a colon follows.
  const open: Set<string>[] = [];
  let string = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      const end = endOfString(text, at);
      string = text.slice(at, end + 1);
      at = end;
    } else if (char === '{' || char === '[') {
      // No proof is as deep, and a text of nothing but brackets would fill the memory.
      if (open.push(new Set()) > MAX_DEPTH) throw malformed('the text is nested too deeply');
    } else if (char === '}' || char === ']') open.pop();
    else if (char === ':') note(open.at(-1) as Set<string>, JSON.parse(string) as string);
  }
  return value;
}

/** Where the string that begins at a position has its closing quote. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    const char = text[at];
    if (char === '"') return at;
    if (char === '\\') at++;
  }
}

function note(names: Set<string>, name: string): void {
  if (names.has(name)) throw malformed('an object in the text has a name twice');
  names.add(name);
}

function malformed(message: string, cause?: unknown): SealtrailError {
  return new SealtrailError('proof_malformed', message, {}, { cause });
}
