import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authenticatedUser, openSealtrail } from '@sealtrail/sdk';
import { auditTools } from '@sealtrail/sdk/ai-sdk';
import { openSource, verifyAll } from '@sealtrail/verifier';
import { generateText, isStepCount, type ModelMessage } from 'ai';
import { sendMail, setDiscount, updateContact } from './actions.ts';
import { scriptedModel } from './model.ts';

const folder = await mkdtemp(join(tmpdir(), 'sealtrail-example-'));
const location = join(folder, 'audit.db');
const sealtrail = await openSealtrail({ store: location });
const trail = sealtrail.trail('acme');
const crm = { phone: '+44 20 7946 0100', discount: 0, mails: 0 };

// Of one chat: the server makes it for each request.
const audit = auditTools({
  trail,
  agent: { id: 'sales-assistant', agent_version: '2.3.0', model: 'example-1' },
  conversation: 'chat-7',
});
const tools = {
  update_contact: audit.tool(updateContact, ({ phone }) => Object.assign(crm, { phone })),
  set_discount: audit.tool(setDiscount, ({ percent }) => Object.assign(crm, { discount: percent })),
  send_mail: audit.tool(sendMail, () => Object.assign(crm, { mails: crm.mails + 1 })),
};
const model = scriptedModel();
const generate = (messages: ModelMessage[]) =>
  generateText({ model, tools, messages, toolApproval: audit.approval, stopWhen: isStepCount(5) });

const asked: ModelMessage[] = [{ role: 'user', content: 'Bring Ada up to date.' }];
const first = await generate(asked);
const history = [...asked, ...first.responseMessages];

// Sarah is signed in. She is shown what the log has, and the client sends back a history with her answers.
const sarah = authenticatedUser({ id: 'u-17', auth_method: 'sso', role: 'sales lead' });
const pending = await audit.pending(history);
for (const { action, rationale, confidence } of pending)
  console.log(`waits: ${action}: ${rationale} (${confidence})`);
await audit.approveEdited(setDiscount, 'call_2', {
  by: sarah,
  input: { deal: 'd-7', percent: 10 },
  reason: 'Ten is our limit.',
});
const answered: ModelMessage[] = [
  ...history,
  {
    role: 'tool',
    content: pending.map(({ approvalId, action }) => ({
      type: 'tool-approval-response',
      approvalId,
      approved: action !== 'send_mail',
      ...(action === 'send_mail' ? { reason: 'We call her instead.' } : {}),
    })),
  },
];
await audit.decide(answered, { by: sarah, channel: 'chat' });
const last = await generate(answered);
console.log(`agent: ${last.text}`);

const told: string[] = [];
for (const { proposal, action } of pending) {
  const { decision, execution } = await trail.state(proposal);
  const { type, actor } = decision?.entry ?? {};
  told.push(`${action}: ${type} by ${actor?.id}, ${execution?.entry.type ?? 'not executed'}`);
}
console.log(told.join('\n'));
await sealtrail.close();

const source = await openSource(location);
const report = await verifyAll(source, {
  onTenant: ({ tenant, summary }) => console.log(`${tenant}: ${summary}`),
});
await source.close();
await rm(folder, { recursive: true });

const expected = [
  'update_contact: decision.approved by u-17, execution.executed',
  'set_discount: decision.edited_approved by u-17, execution.executed',
  'send_mail: decision.rejected by u-17, not executed',
];
const done = crm.phone === '+44 20 7946 0112' && crm.discount === 10 && crm.mails === 0;
const asExpected = report.status === 'valid' && done && told.join() === expected.join();
console.log(asExpected ? 'as expected' : 'NOT as expected');
process.exitCode = asExpected ? 0 : 1;
