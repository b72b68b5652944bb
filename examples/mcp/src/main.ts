import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { authenticatedUser, openSealtrail } from '@sealtrail/sdk';
import { auditServer, PROPOSAL } from '@sealtrail/sdk/mcp';
import { openSource, verifyAll } from '@sealtrail/verifier';
import { sendMail, setDiscount, updateContact } from './actions.ts';

const folder = await mkdtemp(join(tmpdir(), 'sealtrail-example-'));
const location = join(folder, 'audit.db');
const sealtrail = await openSealtrail({ store: location });
const trail = sealtrail.trail('acme');
const crm = { phone: '+44 20 7946 0100', discount: 0, mails: 0 };

const server = new McpServer({ name: 'crm', version: '1.0.0' });
const audit = auditServer(server, { trail, agent: { id: 'sales-assistant', agent_version: '2.3.0' } });
audit.registerTool(updateContact, ({ phone }) => Object.assign(crm, { phone }));
audit.registerTool(setDiscount, ({ percent }) => Object.assign(crm, { discount: percent }));
audit.registerTool(sendMail, () => Object.assign(crm, { mails: crm.mails + 1 }));

const client = new Client({ name: 'agent', version: '1.0.0' });
const [here, there] = InMemoryTransport.createLinkedPair();
await Promise.all([server.connect(there), client.connect(here)]);

const calls = [
  {
    name: 'update_contact',
    arguments: {
      id: 'c-ada',
      phone: '+44 20 7946 0112',
      _rationale: 'Her signature has a new number.',
      _confidence: 0.94,
    },
  },
  {
    name: 'set_discount',
    arguments: { deal: 'd-7', percent: 30, _rationale: 'She asked for a better price.', _confidence: 0.55 },
  },
  {
    name: 'send_mail',
    arguments: { to: 'c-ada', subject: 'Good news', _rationale: 'She should know.', _confidence: 0.8 },
  },
];
const proposals: string[] = [];
for (const call of calls) {
  const { structuredContent } = await client.callTool(call);
  const { proposal, status } = structuredContent as { proposal: string; status: string };
  proposals.push(proposal);
  console.log(`${call.name}: ${status}`);
}

// In the CRM, Sarah is signed in.
const by = authenticatedUser({ id: 'u-17', auth_method: 'sso', role: 'sales lead' });
const [contact = '', discount = '', mail = ''] = proposals;
await trail.approve(contact, { by });
await trail.approveEdited(setDiscount, discount, {
  by,
  input: { deal: 'd-7', percent: 10 },
  reason: 'Ten is our limit.',
});
await trail.reject(mail, { by, reason: 'We call her instead.' });

for (const [i, call] of calls.entries()) {
  await client.callTool({ ...call, arguments: { ...call.arguments, [PROPOSAL]: proposals[i] } });
}
await client.close();
await server.close();

const told: string[] = [];
for (const [i, proposal] of proposals.entries()) {
  const { decision, execution } = await trail.state(proposal);
  const { type, actor } = decision?.entry ?? {};
  told.push(`${calls[i]?.name}: ${type} by ${actor?.id}, ${execution?.entry.type ?? 'not executed'}`);
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
