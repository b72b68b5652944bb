import { z } from 'zod';
import { MAX_ENTRY_BYTES } from './entry-types.ts';
import { type Hash, isHash } from './hash.ts';
import { isName, isPosition, isReference, isTime, isWord } from './names.ts';

// The rules of names.ts and hash.ts as schemas, from which those of rows, anchors, bundle lines and proofs are made.

export const hash = z.custom<Hash>(isHash, 'not a hash');
export const name = z.custom<string>(isName, 'not a name');
export const position = z.custom<number>(isPosition, 'not a position');
export const reference = z.custom<string>(isReference, 'not a reference');
export const time = z.custom<string>(isTime, 'not a time');
export const word = z.custom<string>(isWord, 'not a word');

/** A text that may be an entry's: whoever takes it reads it by the rules of SPEC 3. */
export const entryText = z.string().max(MAX_ENTRY_BYTES);
