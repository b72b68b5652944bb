import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AIMessage } from '@langchain/core/messages';
import { Command, MemorySaver } from '@langchain/langgraph';
import { authenticatedUser, openSealtrail } from '@sealtrail/sdk';
import { type ApprovalRequest, auditTools } from '@sealtrail/sdk/langchain';
import { openSource, verifyAll } from '@sealtrail/verifier';
import { createAgent, fakeModel } from 'langchain';
import { sendMail, setDiscount, updateContact } from './actions.ts';

const folder = await mkdtemp(join(tmpdir(), 'sealtrail-example-'));
const location = join(folder, 'audit.db');
const sealtrail = await openSealtrail({ store: location });
const trail = sealtrail.trail('acme');
const crm = { phone: '+44 20 7946 0100', discount: 0, mails: 0 };

const audit = auditTools({
  trail,
  agent: { id: 'sales-assistant', agent_version: '2.3.0', model: 'example-1' },
});
const model = fakeModel()
  .respondWithTools([
    {
      id: 'call_1',
      name: 'update_contact',
      args: {
        id: 'c-ada',
        phone: '+44 20 7946 0112',
        _rationale: 'Her signature has a new number.',
        _confidence: 0.94,
      },
    },
    {
      id: 'call_2',
      name: 'set_discount',
      args: { deal: 'd-7', percent: 30, _rationale: 'She asked for a better price.', _confidence: 0.55 },
    },
    {
      id: 'call_3',
      name: 'send_mail',
      args: { to: 'c-ada', subject: 'Good news', _rationale: 'She should know.', _confidence: 0.8 },
    },
  ])
  .respond(new AIMessage('The number and the discount are set. I sent no mail.'));
const agent = createAgent({
  model,
  tools: [
    audit.tool(updateContact, ({ phone }) => Object.assign(crm, { phone })),
    audit.tool(setDiscount, ({ percent }) => Object.assign(crm, { discount: percent })),
    audit.tool(sendMail, () => Object.assign(crm, { mails: crm.mails + 1 })),
  ],
  middleware: [audit.middleware],
  checkpointer: new MemorySaver(),
});
const config = { configurable: { thread_id: 'thread-7' } };

const first = await agent.invoke({ messages: [{ role: 'user', content: 'Bring Ada up to date.' }] }, config);
const { __interrupt__: interrupts = [] } = first as { __interrupt__?: { value: unknown }[] };
const waiting = interrupts.map(({ value }) => value as ApprovalRequest);

// Sarah is signed in. Decisions go into the log, by proposal; the resume only tells the graph to look.
const by = authenticatedUser({ id: 'u-17', auth_method: 'sso', role: 'sales lead' });
for (const { action, proposal, rationale, confidence } of [...waiting].reverse()) {
  console.log(`waits: ${action}: ${rationale} (${confidence})`);
  if (action === 'update_contact') await trail.approve(proposal, { by });
  if (action === 'set_discount') {
    const input = { deal: 'd-7', percent: 10 };
    await trail.approveEdited(setDiscount, proposal, { by, input, reason: 'Ten is our limit.' });
  }
  if (action === 'send_mail') await trail.reject(proposal, { by, reason: 'We call her instead.' });
}
const last = await agent.invoke(new Command({ resume: true }), config);
console.log(`agent: ${last.messages.at(-1)?.text}`);

const told: string[] = [];
for (const { action, proposal } of waiting) {
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
