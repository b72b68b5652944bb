import { canonicalize } from '../canonical.ts';
import { SealtrailError } from '../errors.ts';
import { ENTRY_PROOF_FORMAT, type EntryProof } from '../proof/entry-proof.ts';
import { HISTORY_PROOF_FORMAT, type HistoryProof } from '../proof/history-proof.ts';
import type { SealCheckpoint } from '../proof/seal-checkpoint.ts';
import type { SealedAnchors } from '../proof/sealed-anchors.ts';
import { type EvidenceLine, MAX_LINE_DEPTH } from './lines.ts';

/** What an evidence bundle holds, put together again; nothing verified. */
export interface Evidence {
  readonly tenant: string;
  readonly time: string;
  readonly proof: EntryProof | HistoryProof;
  /** Canonical openings by the place of their entry in the proof. */
  readonly openings: ReadonlyMap<number, string>;
  /** For people; nothing vouches for it. */
  readonly summary: readonly string[];
}

type Header = Extract<EvidenceLine, { evidence: unknown }>['evidence'];
type Sealed = Extract<EvidenceLine, { sealed: unknown }>['sealed'];
type Entry = Extract<EvidenceLine, { entry: unknown }>['entry'];

/** The order of the kinds of lines; those that may repeat stand next to each other. */
const ORDER = ['evidence', 'summary', 'sealed', 'anchors', 'segments', 'entry', 'checkpoint', 'end'] as const;
type Kind = (typeof ORDER)[number];
const REPEATED: readonly Kind[] = ['anchors', 'segments', 'entry'];

/** Takes the lines of an evidence bundle in order. */
export class EvidenceCollector {
  #at = -1;
  #lines = 0;
  #header: Header | undefined;
  #summary: readonly string[] | undefined;
  #sealed: Sealed | undefined;
  readonly #anchors: SealedAnchors['anchors'] = [];
  readonly #segments: HistoryProof['segments'] = [];
  readonly #entries: Entry[] = [];
  #checkpoint: SealCheckpoint | undefined;
  #ended = false;

  /** @throws SealtrailError `bundle_malformed` for a line that is out of place */
  take(line: EvidenceLine): void {
    const kind = Object.keys(line)[0] as Kind;
    const at = ORDER.indexOf(kind);
    const again = at === this.#at && REPEATED.includes(kind);
    if (this.#ended || (at <= this.#at && !again) || (this.#header === undefined && kind !== 'evidence')) {
      throw malformed(`a line of kind ${kind} is out of place`);
    }
    this.#at = at;
    this.#lines++;
    if ('evidence' in line) this.#header = line.evidence;
    else if ('summary' in line) this.#summary = line.summary;
    else if ('sealed' in line) this.#sealed = line.sealed;
    else if ('anchors' in line) this.#anchors.push(...line.anchors);
    else if ('segments' in line) this.#segments.push(...line.segments);
    else if ('entry' in line) this.#entries.push(line.entry);
    else if ('checkpoint' in line) this.#checkpoint = line.checkpoint;
    else this.#end(line.end);
  }

  #end({ entries, lines }: { entries: number; lines: number }): void {
    if (entries !== this.#entries.length || lines !== this.#lines) throw malformed('lines are missing');
    this.#ended = true;
  }

  /** @throws SealtrailError `bundle_truncated` before the end; `bundle_malformed` when parts are missing */
  finish(): Evidence {
    if (!this.#ended) throw new SealtrailError('bundle_truncated', 'the evidence was cut before its end');
    if (this.#header === undefined || this.#summary === undefined || this.#sealed === undefined) {
      throw malformed('a line is missing');
    }
    const { tenant, record, time } = this.#header;
    const openings = new Map<number, string>();
    for (const [i, entry] of this.#entries.entries()) {
      if (entry.openings !== undefined) openings.set(i, canonicalize(entry.openings, MAX_LINE_DEPTH));
    }
    const checkpoint = this.#checkpoint === undefined ? {} : { checkpoint: this.#checkpoint };
    const rest = { sealed: { ...this.#sealed, anchors: this.#anchors }, ...checkpoint };
    const proof = record === null ? this.#entryProof(rest) : this.#historyProof(tenant, record, rest);
    return { tenant, time, proof, openings, summary: this.#summary };
  }

  #historyProof(
    tenant: string,
    record: HistoryProof['record'],
    rest: Pick<HistoryProof, 'sealed' | 'checkpoint'>,
  ): HistoryProof {
    if (this.#entries.some(({ path }) => path !== undefined)) {
      throw malformed('an entry of a history has a path');
    }
    const entries = this.#entries.map(({ text }) => text);
    return {
      format: HISTORY_PROOF_FORMAT,
      tenant,
      record,
      entries,
      segments: this.#segments,
      ...rest,
    };
  }

  #entryProof(rest: Pick<EntryProof, 'sealed' | 'checkpoint'>): EntryProof {
    const [entry, more] = this.#entries;
    if (entry?.path === undefined || more !== undefined || this.#segments.length > 0) {
      throw malformed('it is not the proof of one entry');
    }
    return { format: ENTRY_PROOF_FORMAT, entry: entry.text, path: entry.path, ...rest };
  }
}

function malformed(why: string): SealtrailError {
  return new SealtrailError('bundle_malformed', `the evidence is malformed: ${why}`);
}
