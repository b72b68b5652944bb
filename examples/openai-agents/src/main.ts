import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Runner } from '@openai/agents';
import { authenticatedUser, openSealtrail } from '@sealtrail/sdk';
import { openSource, verifyAll } from '@sealtrail/verifier';
import { setDiscount } from './actions.ts';
import { ScriptedModel } from './model.ts';
import { crm, openPlugin } from './plugin.ts';

const folder = await mkdtemp(join(tmpdir(), 'sealtrail-example-'));
const location = join(folder, 'audit.db');
const sealtrail = await openSealtrail({ store: location });
const trail = sealtrail.trail('acme');
const { agent, audit } = openPlugin(trail, new ScriptedModel());
const runner = new Runner({ tracingDisabled: true });

// The run reads the contact, proposes three things, and stops.
const first = await runner.run(agent, 'Bring Ada up to date.', { context: { thread: 'thread-7' } });
// The state may wait anywhere, for as long as it takes. What comes back is believed only as far as the log agrees.
const state = await audit.restore(agent, first.state.toString(), { thread: 'thread-7' });

// Sarah is signed in; she sees what the log has about each call.
const by = authenticatedUser({ id: 'u-17', auth_method: 'sso', role: 'sales lead' });
const story: { readonly action: string; readonly proposal: string }[] = [];
for (const { item, ...call } of await audit.pending(state)) {
  story.push(call);
  console.log(`${call.agent} wants ${call.action}: ${call.rationale} (${call.confidence})`);
  if (call.action === 'update_contact') await audit.approve(state, item, { by });
  if (call.action === 'set_discount') {
    const input = { deal: 'd-7', percent: 10 };
    await audit.approveEdited(setDiscount, state, item, { by, input, reason: 'Ten is our limit.' });
  }
  if (call.action === 'send_mail') await audit.reject(state, item, { by, message: 'We call her instead.' });
}
const last = await runner.run(agent, state);
console.log(`\nagent: ${last.finalOutput}\n`);

const told: string[] = [];
for (const { action, proposal } of story) {
  const { decision, execution } = await trail.state(proposal);
  const { type, actor } = decision?.entry ?? {};
  told.push(`${action}: ${type} by ${actor?.id}, ${execution?.entry.type ?? 'not executed'}`);
}
console.log(told.join('\n'));
await sealtrail.close();

const source = await openSource(location);
const report = await verifyAll(source, {
  onTenant: ({ tenant, summary }) => console.log(`\n${tenant}: ${summary}`),
});
await source.close();
await rm(folder, { recursive: true });

const expected = [
  'update_contact: decision.approved by u-17, execution.executed',
  'set_discount: decision.edited_approved by u-17, execution.executed',
  'send_mail: decision.rejected by u-17, not executed',
];
const done = crm.contact.phone === '+44 20 7946 0112' && crm.deal.discount === 10 && crm.mails.length === 0;
const asExpected = report.status === 'valid' && done && told.join() === expected.join();
console.log(asExpected ? 'as expected' : 'NOT as expected');
process.exitCode = asExpected ? 0 : 1;
