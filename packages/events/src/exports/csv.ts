import { factsOf } from '../facts.ts';
import type { ExportedEntry } from './exported.ts';

/**
 * The columns of an export as CSV, in this order in every version that shares a major number; later ones are added at the end.
 * `targets`, `data`, `sealed` and `values` hold JSON, and everything that has no column of its own is in them.
 */
export const CSV_COLUMNS = [
  'tenant',
  'seq',
  'hash',
  'time',
  'id',
  'type',
  'actor_type',
  'actor_id',
  'actor_role',
  'actor_session_id',
  'actor_auth_method',
  'agent_version',
  'model',
  'prompt_hash',
  'on_behalf_of_type',
  'on_behalf_of_id',
  'target_type',
  'target_id',
  'targets',
  'proposal',
  'action',
  'confidence',
  'risk',
  'mode',
  'data',
  'sealed',
  'prev',
  'values',
] as const;

type Column = (typeof CSV_COLUMNS)[number];

/**
 * Maps an entry to the cells of {@link CSV_COLUMNS}, each through {@link guardCell}; what is absent is an empty cell. Quoting
 * (RFC 4180, section 2) is left to whoever writes the line.
 */
export function toCsvRow({ entry, hash, values }: ExportedEntry): string[] {
  const { actor, targets } = entry;
  const facts = factsOf(entry);
  const cells: Record<Column, string | undefined> = {
    tenant: entry.tenant,
    seq: String(entry.seq),
    hash,
    time: entry.time,
    id: entry.id,
    type: entry.type,
    actor_type: actor.type,
    actor_id: actor.id,
    actor_role: actor.role,
    actor_session_id: actor.session_id,
    actor_auth_method: actor.auth_method,
    agent_version: actor.agent_version,
    model: actor.model,
    prompt_hash: actor.prompt_hash,
    on_behalf_of_type: actor.on_behalf_of?.type,
    on_behalf_of_id: actor.on_behalf_of?.id,
    target_type: targets[0]?.type,
    target_id: targets[0]?.id,
    targets: JSON.stringify(targets),
    proposal: facts.proposal,
    action: facts.action,
    confidence: facts.confidence?.toString(),
    risk: facts.risk,
    mode: facts.mode,
    data: JSON.stringify(entry.data),
    sealed: JSON.stringify(entry.sealed),
    prev: entry.prev,
    values: values === undefined ? undefined : JSON.stringify(values),
  };
  return CSV_COLUMNS.map((column) => guardCell(cells[column] ?? ''));
}

/**
 * What a spreadsheet may take for a formula: the characters that OWASP names under CSV injection, also in full width, and also
 * after blanks or invisible characters, which some programs drop. An apostrophe of the text's own is here as well: guarded
 * too, it cannot be mistaken for the guard, so that a reader gets every text back by dropping one leading apostrophe.
 */
const GUARDED = /^(?:['\t\r\n]|[\s\p{C}]*[=+\-@\uff1d\uff0b\uff0d\uff20])/u;

/** Puts an apostrophe before a text that a spreadsheet could take for a formula. */
export function guardCell(text: string): string {
  return GUARDED.test(text) ? `'${text}` : text;
}
