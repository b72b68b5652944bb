import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authenticatedUser } from '@sealtrail/sdk';
import { openSource, verifyAll } from '@sealtrail/verifier';
import { openPlugin, setPhone } from './plugin.ts';
import { proposePhone } from './propose.ts';
import { reconcilePeople } from './reconcile.ts';
import type { DatabaseEventPayload, LogicFunctionExecutionContext, Person } from './twenty.ts';

const WORKSPACE = 'acme';
const context: LogicFunctionExecutionContext = {
  retryCount: 0,
  maxRetries: 3,
  workspaceId: WORKSPACE,
  userWorkspaceId: 'uw-1',
  workspaceMemberId: 'member-sarah',
};
const ada: Person = { id: 'person-ada', phone: '+44 20 7946 0100', city: 'London', updatedAt: now() };

const folder = await mkdtemp(join(tmpdir(), 'sealtrail-twenty-'));
const location = join(folder, 'audit.db');
const plugin = await openPlugin(location);
const propose = proposePhone(plugin).config;
const reconcile = reconcilePeople(plugin).config;
try {
  const trail = plugin.trail(WORKSPACE);
  const { proposal } = (await propose.handler(
    { person: ada.id, phone: '+44 20 7946 0112', rationale: 'The signature of her mail.', confidence: 0.9 },
    context,
  )) as { proposal: string };
  await trail.approve(proposal, {
    by: authenticatedUser({ id: 'member-sarah', auth_method: 'twenty-session' }),
  });
  // The host carries it out. Twenty writes, and its database tells of the write; here twice, as it may.
  const after = await trail.execute(setPhone, proposal, ({ phone }) => ({ ...ada, phone, updatedAt: now() }));
  const explained = updated(ada, after, ['phone', 'updatedAt']);
  await reconcile.handler(explained, context);
  await reconcile.handler(explained, { ...context, retryCount: 1 });
  // Somebody changes the city in Twenty, and a script changes the phone number.
  const moved = { ...after, city: 'Paris', updatedAt: now(1) };
  await reconcile.handler({ ...updated(after, moved, ['city', 'updatedAt']), userId: 'user-ben' }, context);
  const scripted = { ...moved, phone: '+1 900 666', updatedAt: now(2) };
  await reconcile.handler(updated(moved, scripted, ['phone', 'updatedAt']), context);

  const { entries } = await plugin.views.record(WORKSPACE, { type: 'person', id: ada.id });
  const story = entries.map(
    ({ type, actor, change }) =>
      `${type} by ${actor.type} ${actor.id}${change?.unexplained ? ', no proposal explains it' : ''}`,
  );
  for (const line of story) console.log(line);
  const source = await openSource(location);
  const report = await verifyAll(source);
  await source.close();
  console.log(report.summary);
  const expected = story.length === 7 && story.filter((line) => line.endsWith('explains it')).length === 2;
  process.exitCode = expected && report.status === 'valid' ? 0 : 1;
} finally {
  await plugin.close();
  await rm(folder, { recursive: true, force: true });
}

/** A database event, as Twenty sends it. */
function updated(before: Person, after: Person, updatedFields: string[]): DatabaseEventPayload<Person> {
  const diff = Object.fromEntries(
    updatedFields.map((field) => [
      field,
      { before: before[field as keyof Person], after: after[field as keyof Person] },
    ]),
  );
  return {
    name: 'person.updated',
    workspaceId: WORKSPACE,
    recordId: after.id,
    properties: { updatedFields, diff, before, after },
  };
}

function now(laterMs = 0): string {
  return new Date(Date.now() + laterMs).toISOString();
}
