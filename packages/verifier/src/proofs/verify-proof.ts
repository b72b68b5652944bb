import {
  type EntryProof,
  entryProofSchema,
  type Hash,
  HISTORY_PROOF_FORMAT,
  type HistoryProof,
  historyProofSchema,
  isHistoryProof,
  isSealtrailError,
  isUnderCheckpoint,
  parseDistinct,
  type Seal,
  type SealCheckpoint,
  SealtrailError,
  type Target,
  verifyEntryProof,
  verifyHistoryProof,
} from '@sealtrail/format';
import { acceptCheckpoint, type Policy } from '@sealtrail/tlog';
import { describeVouched, type Vouched, vouched } from '../checkpoints/report.ts';
import type { NotChecked, Status } from '../report.ts';
import { count, number } from '../words.ts';
import { proofNotes } from './proof-notes.ts';

/** A proof of a billion entries stays below this; beyond it a text is not worth parsing. */
const MAX_PROOF_CHARACTERS = 268_435_456;

/** A seal that whoever verifies knows from elsewhere. */
export interface TrustedSeal {
  readonly number: number;
  readonly hash: Hash;
}

/** What whoever verifies a proof knows from elsewhere. Without any of it, a proof agrees with itself and no more. */
export interface ProofTrust {
  readonly seal?: TrustedSeal | undefined;
  /** Whose checkpoints are believed: then the proof must lead to one. */
  readonly policy?: Policy | undefined;
}

/** The verdict on one proof. */
export interface ProofReport {
  readonly format: 'sealtrail-proof-report/1';
  readonly status: Status;
  readonly kind: 'entry' | 'history';
  readonly tenant: string | null;
  /** The record whose history it is. */
  readonly record: Target | null;
  /** The entries that were proved. */
  readonly entries: readonly {
    readonly seq: number;
    readonly hash: Hash;
    readonly type: string;
    readonly time: string;
  }[];
  /** For a history: the positions 0 to `covered - 1` were searched for the record. */
  readonly covered: number | null;
  readonly seal: { readonly number: number; readonly hash: Hash; readonly time: string } | null;
  /** Who vouches for the seal; null when the proof ends at it, or nobody was named who could. */
  readonly checkpoint: Vouched | null;
  /** Sealed values that are disclosed with the proof, and match. */
  readonly disclosed: number;
  readonly summary: string;
  readonly notChecked: readonly NotChecked[];
}

/**
 * Verifies a proof from its text alone, which is attacker-controlled. Without a trusted seal, the proof agrees with itself and
 * with the seal in it, and whether that seal is one that the operator stands by is reported as not checked.
 *
 * @throws SealtrailError `proof_malformed` for a text that is no proof
 */
export function verifyProof(text: string, trust: ProofTrust = {}): ProofReport {
  return verifyParsedProof(readProof(text), trust);
}

/**
 * The same for a proof that was read already.
 *
 * @param checkDisclosed checks what is disclosed with the proof, and counts it; called when the proof holds
 */
export function verifyParsedProof(
  proof: EntryProof | HistoryProof,
  trust: ProofTrust = {},
  checkDisclosed: () => number = () => 0,
): ProofReport {
  const kind = isHistoryProof(proof) ? 'history' : 'entry';
  try {
    return judge(proof, kind, trust, checkDisclosed);
  } catch (error) {
    if (!isSealtrailError(error)) throw error;
    const tenant = 'tenant' in proof ? proof.tenant : null;
    return brokenProof({ kind, tenant, record: 'record' in proof ? proof.record : null }, error.message);
  }
}

/** The verdict on a proof that does not hold: nothing of what it says was shown. */
export function brokenProof(
  { kind, tenant, record }: Pick<ProofReport, 'kind' | 'tenant' | 'record'>,
  why: string,
): ProofReport {
  return {
    format: 'sealtrail-proof-report/1',
    status: 'broken',
    kind,
    tenant,
    record,
    entries: [],
    covered: null,
    seal: null,
    checkpoint: null,
    disclosed: 0,
    summary: `proof broken: ${why}`,
    notChecked: [],
  };
}

/** @throws SealtrailError `proof_malformed` */
export function readProof(text: string): EntryProof | HistoryProof {
  if (text.length > MAX_PROOF_CHARACTERS) throw malformed('it is too long');
  const value = parseDistinct(text);
  const format = Object(value).format;
  const schema = format === HISTORY_PROOF_FORMAT ? historyProofSchema : entryProofSchema;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw malformed(`${issue?.path.join('.') || 'it'}: ${issue?.code ?? 'is invalid'}`);
}

function judge(
  proof: EntryProof | HistoryProof,
  kind: ProofReport['kind'],
  trust: ProofTrust,
  checkDisclosed: () => number,
): ProofReport {
  const proved = isHistoryProof(proof)
    ? verifyHistoryProof(proof)
    : { ...verifyEntryProof(proof), record: null, covered: null };
  const found = 'entries' in proved ? proved.entries : [proved];
  const tenant = 'tenant' in proved ? proved.tenant : proved.entry.tenant;
  const { seal, record, covered } = proved;
  checkSeal(seal, trust.seal);
  const checkpoint = checkpointOf(seal, proof.checkpoint, trust.policy);
  const entries = found.map(({ entry: { seq, type, time }, hash }) => ({ seq, hash, type, time }));
  return {
    format: 'sealtrail-proof-report/1',
    status: 'valid',
    kind,
    tenant,
    record,
    entries,
    covered,
    seal: { number: seal.number, hash: seal.hash, time: seal.time },
    checkpoint,
    disclosed: checkDisclosed(),
    summary: `${summaryOf(tenant, record, entries, covered, seal)}${checkpoint === null ? '' : `; ${describeVouched(checkpoint)}`}`,
    notChecked: proofNotes(proof, trust, checkpoint, seal),
  };
}

/** @throws SealtrailError `proof_invalid`; those of `acceptCheckpoint` */
function checkpointOf(
  seal: Seal,
  given: SealCheckpoint | undefined,
  policy: Policy | undefined,
): Vouched | null {
  if (policy === undefined) return null;
  if (given === undefined) {
    throw new SealtrailError(
      'proof_invalid',
      'the proof ends at a seal: ask for one that leads to a checkpoint',
    );
  }
  const accepted = acceptCheckpoint(given.note, policy);
  if (!isUnderCheckpoint(seal, given.proof, accepted.size, accepted.root)) {
    throw new SealtrailError('proof_invalid', `seal ${seal.number} is not under the checkpoint of the proof`);
  }
  return vouched(accepted);
}

function checkSeal(seal: Seal, trusted: TrustedSeal | undefined): void {
  if (trusted === undefined) return;
  if (seal.number !== trusted.number) {
    throw new SealtrailError(
      'proof_invalid',
      `the proof leads to seal ${seal.number}, not to ${trusted.number}: ask for a proof under that one`,
    );
  }
  if (seal.hash !== trusted.hash) {
    throw new SealtrailError(
      'proof_invalid',
      `seal ${seal.number} of the proof is not the one that is trusted`,
    );
  }
}

function summaryOf(
  tenant: string,
  record: Target | null,
  entries: ProofReport['entries'],
  covered: number | null,
  seal: Seal,
): string {
  const under = `under seal ${seal.number} of ${seal.time}`;
  if (record === null || covered === null) {
    return `proof valid: entry ${entries[0]?.seq} is in the log of ${tenant}, ${under}`;
  }
  const what = `${count(entries.length, 'entry touches', 'entries touch')} ${record.type} ${record.id}`;
  const range = `positions 0 to ${number(covered - 1)}`;
  return `proof valid: ${what} in the log of ${tenant}, and no other does, ${range}, ${under}`;
}

function malformed(why: string): SealtrailError {
  return new SealtrailError('proof_malformed', `the text is no proof: ${why}`);
}
