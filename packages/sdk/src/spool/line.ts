import { changeId, createdId, decisionId, executionId, refusedId, startedId } from '@sealtrail/events';
import { isName, isTime } from '@sealtrail/format';
import type { EntryDraft } from '@sealtrail/store';
import { z } from 'zod';

/** A draft that waits for the log. */
export interface Spooled {
  readonly tenant: string;
  readonly draft: EntryDraft & { readonly id: string };
}

type Data = Readonly<Record<string, unknown>>;

// What is no text makes an id that no entry can have.
const text = (value: unknown): string => (typeof value === 'string' ? value : ' ');
const execution = (data: Data) => executionId(text(data['proposal'] ?? data['execution']));
const refusal = (data: Data) => refusedId(text(data['proposal']), text(data['attempt']));

/**
 * What may wait, and the id that it has. Whoever can write into the folder writes into the log, as far as this list goes: no
 * approval is on it, nothing of the operator's, and no id under which the log would take something else for one.
 */
const IDS: Readonly<Record<string, (data: Data) => string>> = {
  'proposal.created': (data) => createdId(text(data['proposal'])),
  'decision.auto_denied': (data) => decisionId(text(data['proposal'])),
  'execution.started': (data) => startedId(text(data['proposal'])),
  'execution.executed': execution,
  'execution.failed': execution,
  'execution.not_executed': refusal,
  'execution.args_mismatch': refusal,
  'record.changed': (data) => changeId(text(data['change'])),
};

/** People do not act here but by what they changed in the CRM. */
const BY_PEOPLE = ['record.changed'];

const line = z.strictObject({
  v: z.literal(1),
  tenant: z.custom<string>((value) => isName(value) && !value.startsWith('~')),
  draft: z
    .strictObject({
      id: z.custom<string>(isName),
      type: z.string(),
      actor: z.looseObject({ type: z.string() }),
      targets: z.array(z.unknown()),
      data: z.looseObject({ spooled_at: z.custom<string>(isTime) }),
      sealed: z.record(z.string(), z.unknown()).optional(),
    })
    .refine(({ id, type, data }) => Object.hasOwn(IDS, type) && IDS[type]?.(data) === id)
    .refine(({ type, actor }) => actor.type !== 'user' || BY_PEOPLE.includes(type)),
});

export function lineOf(spooled: Spooled): string {
  return `${JSON.stringify({ v: 1, ...spooled })}\n`;
}

/** What a line says; undefined when it is torn, or nothing that may wait. What it says of an entry is for the log to check. */
export function parseLine(text: string): Spooled | undefined {
  const { success, data } = line.safeParse(jsonOf(text));
  return success ? { tenant: data.tenant, draft: data.draft as unknown as Spooled['draft'] } : undefined;
}

/** By what name a line that may not wait can be reported, if it has one. */
export function nameOf(text: string): { readonly tenant: string; readonly id: string } | undefined {
  const named = z.object({
    tenant: z.custom<string>(isName),
    draft: z.object({ id: z.custom<string>(isName) }),
  });
  const { success, data } = named.safeParse(jsonOf(text));
  return success ? { tenant: data.tenant, id: data.draft.id } : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
