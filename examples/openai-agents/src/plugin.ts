import { Agent, type Model } from '@openai/agents';
import type { Trail } from '@sealtrail/sdk';
import { auditTools, type ToolAudit } from '@sealtrail/sdk/openai-agents';
import { readContact, sendMail, setDiscount, updateContact } from './actions.ts';

/** What the host knows of a run: here, which conversation it is. */
interface Session {
  readonly thread: string;
}

/** A CRM of two records. */
export const crm = {
  contact: { id: 'c-104', name: 'Ada Byron', phone: '+44 20 7946 0001' },
  deal: { id: 'd-7', discount: 0 },
  mails: [] as string[],
};

export interface Plugin {
  readonly agent: Agent<Session>;
  readonly audit: ToolAudit<Session>;
}

export function openPlugin(trail: Trail, model: Model): Plugin {
  const audit = auditTools<Session>({
    trail,
    agent: { id: 'sales-assistant', agent_version: '2.3.0', model: 'scripted' },
    conversation: ({ thread }) => thread,
  });
  const agent = new Agent<Session>({
    name: 'Sales assistant',
    instructions: 'Keep the CRM up to date.',
    model,
    tools: [
      audit.tool(readContact, () => crm.contact),
      audit.tool(updateContact, ({ phone }) => {
        crm.contact.phone = phone;
        return 'saved';
      }),
      audit.tool(setDiscount, ({ percent }, { edited }) => {
        crm.deal.discount = percent;
        return edited ? `A person changed it: the discount is ${percent} %.` : 'saved';
      }),
      audit.tool(sendMail, ({ text }) => {
        crm.mails.push(text);
        return 'sent';
      }),
    ],
  });
  return { agent, audit };
}
