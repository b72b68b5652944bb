import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildResumeArray } from '@ag-ui/client';
import { authenticatedUser, openSealtrail } from '@sealtrail/sdk';
import { auditRuns } from '@sealtrail/sdk/ag-ui';
import { openSource, verifyAll } from '@sealtrail/verifier';
import { sendMail, setDiscount, updateContact } from './actions.ts';
import { CrmAgent } from './agent.ts';

const folder = await mkdtemp(join(tmpdir(), 'sealtrail-example-'));
const location = join(folder, 'audit.db');
const sealtrail = await openSealtrail({ store: location });
const trail = sealtrail.trail('acme');
const audit = auditRuns({
  trail,
  agent: { id: 'sales-assistant', agent_version: '2.3.0', model: 'example-1' },
  actions: [updateContact, setDiscount, sendMail],
});
// The host's own session says who answers; nothing that the frontend sends does.
const sarah = authenticatedUser({ id: 'u-17', auth_method: 'sso', role: 'sales lead' });
const agent = new CrmAgent(audit, () => sarah);

await agent.runAgent({ runId: 'run-1' });
const waiting = agent.pendingInterrupts;
for (const { message, expiresAt } of waiting)
  console.log(`waits: ${message}${expiresAt ? ' (not for ever)' : ''}`);
const answers = [
  { approved: true },
  { approved: true, input: { deal: 'd-7', percent: 10 }, reason: 'Ten is our limit.' },
  { approved: false, reason: 'We call her instead.' },
];
const responses = waiting.map(
  ({ id }, i) => [id, { status: 'resolved' as const, payload: answers[i] }] as const,
);
await agent.runAgent({ runId: 'run-2', resume: buildResumeArray(waiting, Object.fromEntries(responses)) });

const told: string[] = [];
for (const { id } of waiting) {
  const { created, decision, execution } = await trail.state(id);
  const { type, actor } = decision?.entry ?? {};
  told.push(
    `${created.entry.data['action']}: ${type} by ${actor?.id}, ${execution?.entry.type ?? 'not executed'}`,
  );
}
console.log(told.join('\n'));
await sealtrail.close();

const source = await openSource(location);
const report = await verifyAll(source, {
  onTenant: ({ tenant, summary }) => console.log(`${tenant}: ${summary}`),
});
await source.close();
await rm(folder, { recursive: true });

const { phone, discount, mails } = agent.crm;
const expected = [
  'update_contact: decision.approved by u-17, execution.executed',
  'set_discount: decision.edited_approved by u-17, execution.executed',
  'send_mail: decision.rejected by u-17, not executed',
];
const done = phone === '+44 20 7946 0112' && discount === 10 && mails === 0;
const asExpected = report.status === 'valid' && done && told.join() === expected.join();
console.log(asExpected ? 'as expected' : 'NOT as expected');
process.exitCode = asExpected ? 0 : 1;
