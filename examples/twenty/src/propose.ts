import { type Plugin, setPhone } from './plugin.ts';
import { defineLogicFunction } from './twenty.ts';

interface Input {
  readonly person: string;
  readonly phone: string;
  readonly rationale: string;
  readonly confidence: number;
}

/** A tool for Twenty's agents: proposes a new phone number, and tells the agent that somebody has to decide. */
export function proposePhone(plugin: Plugin) {
  return defineLogicFunction<Input>({
    universalIdentifier: '0d8ab84e-6b1b-4a5d-9f0c-5a3f1f1f7c11',
    name: 'propose-phone',
    description: 'Propose a new phone number for a person. A colleague decides about it.',
    toolTriggerSettings: {
      inputSchema: {
        type: 'object',
        properties: {
          person: { type: 'string' },
          phone: { type: 'string' },
          rationale: { type: 'string', description: 'Why, in one sentence.' },
          confidence: { type: 'number', minimum: 0, maximum: 1 },
        },
        required: ['person', 'phone', 'rationale', 'confidence'],
      },
    },
    handler: async ({ person, phone, rationale, confidence }, { workspaceId, workspaceMemberId }) => {
      const onBehalfOf = workspaceMemberId && { type: 'user' as const, id: workspaceMemberId };
      const proposal = await plugin.trail(workspaceId).propose(setPhone, {
        agent: { id: 'twenty-agent', ...(onBehalfOf ? { on_behalf_of: onBehalfOf } : {}) },
        input: { person, phone },
        rationale,
        confidence,
      });
      return { proposal: proposal.id, status: proposal.status };
    },
  });
}
