import { type Model, type ModelRequest, type ModelResponse, type protocol, Usage } from '@openai/agents';

type Answer = protocol.AssistantMessageItem | protocol.FunctionCallItem;

const call = (callId: string, name: string, args: object): Answer => ({
  type: 'function_call',
  callId,
  name,
  status: 'completed',
  arguments: JSON.stringify(args),
});

const say = (text: string): Answer => ({
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text }],
});

const SCRIPT: readonly Answer[][] = [
  [
    call('call_1', 'read_contact', {
      id: 'c-104',
      _rationale: 'I need the number that we have.',
      _confidence: 1,
    }),
  ],
  [
    call('call_2', 'update_contact', {
      id: 'c-104',
      phone: '+44 20 7946 0112',
      _rationale: 'The signature of her mail has a new number.',
      _confidence: 0.94,
    }),
    call('call_3', 'set_discount', {
      deal: 'd-7',
      percent: 30,
      _rationale: 'She asked for a better price.',
      _confidence: 0.55,
    }),
    call('call_4', 'send_mail', {
      to: 'c-104',
      text: 'Dear Ada, your new price is ...',
      _rationale: 'She should know.',
      _confidence: 0.8,
    }),
  ],
  [say('The number and the discount are set. I sent no mail.')],
];

/** Stands where a real model would: it answers as its script says. */
export class ScriptedModel implements Model {
  #turn = 0;

  async getResponse(_: ModelRequest): Promise<ModelResponse> {
    const output = SCRIPT[this.#turn++];
    if (output === undefined) throw new Error('the script is over');
    return { usage: new Usage(), output };
  }

  // biome-ignore lint/correctness/useYield: the example does not stream
  async *getStreamedResponse(): AsyncGenerator<never> {
    throw new Error('the example does not stream');
  }
}
