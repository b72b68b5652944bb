import type { Entry } from '@sealtrail/format';
import { isId } from './ids.ts';

/** What an entry says in the clear, wherever its type keeps it. Members of the wrong type count as absent. */
export interface Facts {
  readonly proposal?: string;
  readonly action?: string;
  readonly confidence?: number;
  readonly confidence_source?: string;
  readonly risk?: string;
  readonly approval?: string;
  readonly expires_at?: string;
  readonly conversation?: string;
  readonly trace?: string;
  readonly mode?: string;
  readonly batch?: string;
  readonly batch_size?: number;
  readonly edited_fields?: readonly string[];
  /** Hashes of the entries that this one says it rests on. */
  readonly proposal_hash?: string;
  readonly allowed_by?: string;
}

/** Reads an entry's facts. A log may hold entries of other writers, so nothing about `data` is taken for granted. */
export function factsOf(entry: Entry): Facts {
  const data = entry.data as Readonly<Record<string, unknown>>;
  const text = (name: string) => (typeof data[name] === 'string' ? data[name] : undefined);
  const number = (name: string) => (typeof data[name] === 'number' ? data[name] : undefined);
  const edited = data['edited_fields'];
  const facts = {
    proposal: isId(data['proposal']) ? data['proposal'] : undefined,
    action: text('action'),
    confidence: number('confidence'),
    confidence_source: text('confidence_source'),
    risk: text('risk'),
    approval: text('approval'),
    expires_at: text('expires_at'),
    conversation: text('conversation_id'),
    trace: text('trace_id'),
    mode: text('mode'),
    batch: text('batch'),
    batch_size: number('batch_size'),
    proposal_hash: text('proposal_hash'),
    allowed_by: text('allowed_by'),
    edited_fields: Array.isArray(edited) ? edited.filter((name) => typeof name === 'string') : undefined,
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}
