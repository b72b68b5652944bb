import { type Hash, SealtrailError } from '@sealtrail/format';
import { fromBase64, fromDecimal, hashFromBase64, hashToBase64, toBase64 } from './bytes.ts';

// C2SP tlog-proof: a leaf's place under a checkpoint, as one text.

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';
/** A tree of 2^53 leaves is no higher. */
const MAX_HASHES = 63;
const MAX_EXTRA = 65_536;
const MAX_PROOF = 1_200_000;

/** That a leaf is under a checkpoint. */
export interface TlogProof {
  /** Position of the leaf. */
  readonly index: number;
  /** Inclusion proof, from the leaf's sibling upwards. */
  readonly proof: readonly Hash[];
  /** The signed checkpoint, verbatim. */
  readonly checkpoint: string;
  /** Not authenticated by anything. */
  readonly extra?: Uint8Array | undefined;
}

/** The text of a tlog-proof. */
export function encodeTlogProof({ index, proof, checkpoint, extra }: TlogProof): string {
  const lines = [FIRST_LINE];
  if (extra !== undefined) lines.push(`extra ${toBase64(extra)}`);
  lines.push(`index ${index}`, ...proof.map(hashToBase64));
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/** Reads the text of a tlog-proof. @throws SealtrailError `proof_malformed` */
export function readTlogProof(text: string): TlogProof {
  const end = text.length > MAX_PROOF ? -1 : text.indexOf('\n\n');
  const lines = end === -1 ? [] : text.slice(0, end).split('\n');
  if (lines.shift() !== FIRST_LINE) throw malformed('it does not begin as one');
  let extra: Uint8Array | undefined;
  if (lines[0]?.startsWith('extra ')) {
    const encoded = (lines.shift() as string).slice('extra '.length);
    if (encoded.length > MAX_EXTRA) throw malformed(`its extra data is longer than ${MAX_EXTRA} characters`);
    extra = fromBase64(encoded, 'proof_malformed');
  }
  const index = lines.shift();
  if (!index?.startsWith('index ')) throw malformed('it has no index');
  if (lines.length > MAX_HASHES) throw malformed(`it has more than ${MAX_HASHES} hashes`);
  return {
    index: fromDecimal(index.slice('index '.length), 'proof_malformed'),
    proof: lines.map((line) => hashFromBase64(line, 'proof_malformed')),
    checkpoint: text.slice(end + 2),
    extra,
  };
}

function malformed(why: string): SealtrailError {
  return new SealtrailError('proof_malformed', `the text is no tlog-proof: ${why}`);
}
