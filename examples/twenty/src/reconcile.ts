import { createHash } from 'node:crypto';
import type { ViewEntry } from '@sealtrail/views';
import type { Plugin } from './plugin.ts';
import { type DatabaseEventPayload, defineLogicFunction, type Person } from './twenty.ts';

/** How long after its execution began a proposal can explain a write. */
const WINDOW_MS = 5 * 60_000;

/** Records every change of a person, and which proposal explains it. */
export function reconcilePeople(plugin: Plugin) {
  return defineLogicFunction<DatabaseEventPayload<Person>>({
    universalIdentifier: '5f0f6f7e-8f7d-4a53-8f55-0c9f5f3f2b77',
    name: 'reconcile-people',
    databaseEventTriggerSettings: { eventName: 'person.updated', updatedFields: ['phone', 'city'] },
    handler: async (event) => {
      const { workspaceId, recordId, properties } = event;
      const fields = properties.updatedFields.filter((field) => field !== 'updatedAt');
      const change = changeId(event);
      const proposal = await explanation(plugin, event, change, fields);
      const receipt = await plugin.trail(workspaceId).recordChange({
        change,
        actor: writerOf(event, proposal),
        target: { type: 'person', id: recordId },
        fields,
        before: pick(properties.before, fields),
        after: pick(properties.after, fields),
        proposal,
      });
      return { change: receipt.id, explained: proposal !== undefined };
    },
  });
}

/** No value of the record is in it: an id stays readable when the values were erased. */
function changeId({ workspaceId, recordId, properties }: DatabaseEventPayload<Person>): string {
  const text = JSON.stringify([workspaceId, recordId, properties.after.updatedAt]);
  return `twenty-${createHash('sha256').update(text).digest('hex').slice(0, 40)}`;
}

/** Twenty does not say that an agent wrote; the proposal does. */
function writerOf({ userId, workspaceMemberId }: DatabaseEventPayload<Person>, proposal: string | undefined) {
  const user = userId ?? workspaceMemberId;
  if (proposal !== undefined) return { type: 'agent' as const, id: 'twenty-agent' };
  if (user === undefined) return { type: 'system' as const, id: 'twenty' };
  return { type: 'user' as const, id: user, auth_method: 'twenty' };
}

/** The proposal whose execution began shortly before, with exactly what was written. */
async function explanation(
  { views }: Plugin,
  { workspaceId, recordId, properties }: DatabaseEventPayload<Person>,
  change: string,
  fields: readonly string[],
): Promise<string | undefined> {
  const record = { type: 'person', id: recordId };
  const { entries } = await views.entries(workspaceId, { record, type: 'execution.started' }, { limit: 20 });
  const used = await views.entries(workspaceId, { record, type: 'record.changed' }, { limit: 100 });
  // The same event again has the same explanation.
  const others = used.entries.filter(({ data }) => data['change'] !== change);
  const explained = new Set(others.map(({ data }) => data['proposal']));
  const written = Date.parse(properties.after.updatedAt);
  const found = entries.find(
    (entry) =>
      Math.abs(written - Date.parse(entry.time)) <= WINDOW_MS &&
      !explained.has(entry.data['proposal'] as string) &&
      fields.every((field) => argumentsOf(entry)[field] === (properties.after as unknown as Values)[field]),
  );
  return found?.data['proposal'] as string | undefined;
}

type Values = Readonly<Record<string, unknown>>;

function argumentsOf({ values }: ViewEntry): Values {
  return { ...(values['args'] as Values), ...(values['args.personal'] as Values) };
}

function pick(person: Person, fields: readonly string[]): Values {
  return Object.fromEntries(Object.entries(person).filter(([field]) => fields.includes(field)));
}
