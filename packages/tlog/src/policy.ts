import { EMPTY_ROOT, SealtrailError } from '@sealtrail/format';
import { openCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
import { type KeyRole, type NoteKey, readVkey } from './note/key.ts';
import { type Cosignature, cosignaturesOf } from './witness/cosignature.ts';

// C2SP tlog-policy: whom whoever verifies believes.

/** The specification asks for at least 32 of each. */
const MAX_LINES = 10_000;
/** What is shown of a word that is none of a policy's. */
const SHOWN = 64;
const MAX_LINE = 4_096;

interface PolicyKey {
  readonly key: NoteKey;
  readonly url: string | undefined;
}

/** Witnesses of which at least `need` are asked for; a single witness is a group of itself. */
interface Quorum {
  readonly need: number;
  readonly members: readonly (Quorum | NoteKey)[];
}

/** Which logs are believed, and which witnesses must have cosigned. */
export interface Policy {
  readonly logs: readonly PolicyKey[];
  readonly witnesses: readonly (PolicyKey & { readonly name: string })[];
  /** Undefined for `quorum none`. */
  readonly quorum: Quorum | undefined;
}

/**
 * Reads a policy file.
 *
 * @throws SealtrailError `policy_malformed` with the number of the line; `key_invalid`
 */
export function readPolicy(text: string): Policy {
  const lines = text.split('\n');
  if (lines.length > MAX_LINES) throw malformed(0, `there are more than ${MAX_LINES} lines`);
  const reader = new PolicyReader();
  for (const [i, line] of lines.entries()) reader.line(line, i + 1);
  return reader.end();
}

/** A policy of one log and no witnesses: what a key alone says. */
export function policyOfKey(key: NoteKey): Policy {
  return { logs: [{ key, url: undefined }], witnesses: [], quorum: undefined };
}

/** A checkpoint that a policy accepts. */
export interface AcceptedCheckpoint extends SignedCheckpoint {
  /** All cosignatures of known witnesses, also beyond the quorum. */
  readonly cosignatures: readonly Cosignature[];
}

/**
 * Opens a checkpoint that a policy accepts: signed by one of its logs, cosigned by a quorum of its witnesses.
 *
 * @throws SealtrailError as `openCheckpoint`; `checkpoint_malformed` for one over no leaves with a root over some; `policy_unmet` when
 *   witnesses are missing
 */
export function acceptCheckpoint(text: string, policy: Policy): AcceptedCheckpoint {
  const signed = openCheckpoint(
    text,
    policy.logs.map(({ key }) => key),
  );
  // Nothing extends it: whoever remembered it would call every honest checkpoint forked.
  if (signed.size === 0 && signed.root !== EMPTY_ROOT)
    throw new SealtrailError('checkpoint_malformed', 'the checkpoint is over no leaves, and its root is not');
  const cosignatures = cosignaturesOf(
    signed.note,
    policy.witnesses.map(({ key }) => key),
  );
  const seen = new Set(cosignatures.map(({ key }) => key));
  if (policy.quorum !== undefined && !isMet(policy.quorum, seen)) {
    throw new SealtrailError(
      'policy_unmet',
      'fewer witnesses cosigned the checkpoint than the policy asks for',
      {
        cosigned: cosignatures.map(({ key }) => key.name),
      },
    );
  }
  return { ...signed, cosignatures };
}

function isMet({ need, members }: Quorum, seen: ReadonlySet<NoteKey>): boolean {
  const met = members.filter((member) => ('need' in member ? isMet(member, seen) : seen.has(member)));
  return met.length >= need;
}

class PolicyReader {
  readonly #logs: PolicyKey[] = [];
  readonly #witnesses: (PolicyKey & { name: string })[] = [];
  readonly #named = new Map<string, Quorum>();
  readonly #members = new Set<string>();
  #quorum: { readonly value: Quorum | undefined } | undefined;

  line(line: string, number: number): void {
    if (line.length > MAX_LINE) throw malformed(number, `it is longer than ${MAX_LINE} characters`);
    for (const char of line) {
      if (char === '\r') throw malformed(number, 'a carriage return: lines end with a line feed alone');
      if ((char < ' ' && char !== '\t') || char === '\u007f') throw malformed(number, 'a control character');
    }
    // Only spaces and tabs separate: other Unicode spaces are part of a word, which no key name takes.
    const [keyword, ...words] = line.split(/[ \t]+/).filter((word) => word !== '');
    if (keyword === undefined || keyword.startsWith('#')) return;
    if (keyword === 'log') this.#log(words, number);
    else if (keyword === 'witness') this.#witness(words, number);
    else if (keyword === 'group') this.#group(words, number);
    else if (keyword === 'quorum') this.#setQuorum(words, number);
    else if (keyword.startsWith('PRIVATE+KEY'))
      throw malformed(number, 'this is a private key, and no policy');
    else if (line.startsWith('\ufeff')) throw malformed(number, 'a byte order mark: save the file without');
    else throw malformed(number, `“${keyword.slice(0, SHOWN)}” is not log, witness, group or quorum`);
  }

  end(): Policy {
    if (this.#quorum === undefined) throw malformed(0, 'there is no quorum line');
    return { logs: this.#logs, witnesses: this.#witnesses, quorum: this.#quorum.value };
  }

  #log([vkey, url, ...more]: readonly string[], number: number): void {
    if (vkey === undefined || more.length > 0) throw malformed(number, 'log <vkey> [<url>]');
    this.#logs.push({ key: keyOf(vkey, 'log', this.#logs, number), url });
  }

  #witness([name, vkey, url, ...more]: readonly string[], number: number): void {
    if (name === undefined || vkey === undefined || more.length > 0) {
      throw malformed(number, 'witness <name> <vkey> [<url>]');
    }
    const key = keyOf(vkey, 'witness', this.#witnesses, number);
    this.#witnesses.push({ name, key, url });
    this.#define(name, { need: 1, members: [key] }, number);
  }

  #group([name, count, ...names]: readonly string[], number: number): void {
    if (name === undefined || count === undefined || names.length === 0) {
      throw malformed(number, 'group <name> <k|any|all> <member>...');
    }
    const need =
      count === 'any'
        ? 1
        : count === 'all'
          ? names.length
          : /^[1-9][0-9]{0,3}$/.test(count)
            ? Number(count)
            : 0;
    if (need < 1 || need > names.length) throw malformed(number, `“${count}” of ${names.length} members`);
    const members = names.map((member) => {
      // Twice in groups would count one witness twice.
      if (this.#members.has(member)) throw malformed(number, `“${member}” is a member already`);
      this.#members.add(member);
      return this.#find(member, number);
    });
    this.#define(name, { need, members }, number);
  }

  #setQuorum([name, ...more]: readonly string[], number: number): void {
    if (name === undefined || more.length > 0) throw malformed(number, 'quorum <name|none>');
    if (this.#quorum !== undefined) throw malformed(number, 'there is more than one quorum line');
    this.#quorum = { value: name === 'none' ? undefined : this.#find(name, number) };
  }

  #define(name: string, value: Quorum, number: number): void {
    if (name === 'none' || this.#named.has(name)) throw malformed(number, `the name “${name}” is taken`);
    this.#named.set(name, value);
  }

  #find(name: string, number: number): Quorum {
    const found = this.#named.get(name);
    if (found === undefined) throw malformed(number, `“${name}” is not defined above`);
    return found;
  }
}

function keyOf(vkey: string, role: KeyRole, others: readonly PolicyKey[], number: number): NoteKey {
  const key = readVkey(vkey);
  if (key.role !== role) throw malformed(number, `the key is not a ${role}’s`);
  const bytes = String(key.publicKey);
  if (others.some((other) => String(other.key.publicKey) === bytes)) {
    throw malformed(number, 'the same public key is there already');
  }
  return key;
}

function malformed(line: number, why: string): SealtrailError {
  const where = line === 0 ? '' : ` line ${line}:`;
  return new SealtrailError('policy_malformed', `the policy is malformed:${where} ${why}`, { line });
}
