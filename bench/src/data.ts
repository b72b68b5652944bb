import type { EntryRow } from '@sealtrail/format';
import { type EntryDraft, Log, type Store } from '@sealtrail/store';
import type { LogSource } from '@sealtrail/verifier';

export const TENANT = 'acme';

const RATIONALES = [
  'The signature of the mail of this morning has a new phone number, and the old one bounced twice.',
  'Opened the offer twice and did not answer for ten days; a short reminder is the usual next step.',
  'The delivery is six weeks late and the contract allows a refund after four.',
];

/**
 * The n-th draft of a realistic mix: a proposal with two sealed values, a decision on it with a reason, its execution. The
 * same for the same n, but for what the log itself draws: the id and the salts.
 */
export function draft(n: number): EntryDraft {
  const proposal = `p-${Math.floor(n / 3)}`;
  const contact = `c-${(Math.floor(n / 3) * 7919) % 5_000}`;
  const targets = [{ type: 'contact', id: contact }];
  const agent = {
    type: 'agent',
    id: 'sales-assistant',
    agent_version: '2.3.0',
    model: 'example-large-3',
    // One conversation makes some proposals, and then comes the next.
    session_id: `s-${Math.floor(n / 30)}`,
    on_behalf_of: { type: 'user', id: `u-${Math.floor(n / 30) % 40}` },
  } as const;
  switch (n % 3) {
    case 0:
      return {
        type: 'proposal.created',
        actor: agent,
        targets,
        data: {
          proposal,
          tool: 'update_contact',
          confidence: (n % 100) / 100,
          confidence_source: 'self_reported',
        },
        sealed: {
          rationale: RATIONALES[(n % 7) % 3] as string,
          args: { contact, phone: `+44 20 7946 ${n % 10_000}`, note: 'Prefers mornings.' },
        },
      };
    case 1:
      return {
        type: 'decision.approved',
        actor: {
          type: 'user',
          id: `u-${Math.floor(n / 30) % 40}`,
          auth_method: 'sso',
          role: 'account_manager',
        },
        targets,
        data: { proposal, mode: 'individual', presented_at: '2026-01-31T09:00:00.000Z' },
        sealed: { reason: 'Checked with the customer on the phone.' },
      };
    default:
      return {
        type: 'execution.executed',
        actor: agent,
        targets,
        data: { proposal, tool: 'update_contact', approval: 'decided' },
        sealed: { result: { ok: true, updated: ['phone'] } },
      };
  }
}

/** Appends the drafts 0 to n as fast as the log takes them. */
export async function fill(
  store: Store,
  n: number,
  tenantOf: (i: number) => string = () => TENANT,
): Promise<void> {
  const log = new Log(store);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < n) {
      const i = next++;
      await log.append(tenantOf(i), draft(i));
    }
  };
  await Promise.all(Array.from({ length: 1_000 }, worker));
  await log.close();
}

/** Stored rows of logs, without their genesis. Closes the source. */
export async function storedRows(source: LogSource, tenants: readonly string[]): Promise<EntryRow[]> {
  const rows: EntryRow[] = [];
  for (const tenant of tenants) {
    for await (const { entries } of (await source.log(tenant)).walk({ from: 1 })) {
      for (const row of entries) {
        const { seq, id, type, time, hash, entry, openings } = row as unknown as EntryRow;
        rows.push({ tenant, seq, id, type, time, hash, entry, openings });
      }
    }
  }
  await source.close();
  return rows;
}

/** How large rows are: mean bytes of the text that is hashed, of the sealed values beside it, and of all columns. */
export function rowSizes(rows: readonly EntryRow[]): Record<'entry' | 'openings' | 'row', number> {
  const mean = (of: (row: EntryRow) => string): number =>
    Math.round(rows.reduce((sum, row) => sum + Buffer.byteLength(of(row)), 0) / rows.length);
  return {
    entry: mean((row) => row.entry),
    openings: mean((row) => row.openings),
    row: mean((row) => Object.values(row).join('')),
  };
}
