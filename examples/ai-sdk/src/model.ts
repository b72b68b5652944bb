import { MockLanguageModelV4 } from 'ai/test';

const CALLS = [
  {
    toolName: 'update_contact',
    input: {
      id: 'c-ada',
      phone: '+44 20 7946 0112',
      _rationale: 'Her signature has a new number.',
      _confidence: 0.94,
    },
  },
  {
    toolName: 'set_discount',
    input: { deal: 'd-7', percent: 30, _rationale: 'She asked for a better price.', _confidence: 0.55 },
  },
  {
    toolName: 'send_mail',
    input: { to: 'c-ada', subject: 'Good news', _rationale: 'She should know.', _confidence: 0.8 },
  },
];

/** A model with a script: three calls at once, then a sentence. */
export function scriptedModel(): MockLanguageModelV4 {
  let turn = 0;
  return new MockLanguageModelV4({
    modelId: 'example-1',
    doGenerate: async () => {
      const first = turn++ === 0;
      return {
        content: first
          ? CALLS.map(({ toolName, input }, i) => ({
              type: 'tool-call' as const,
              toolCallId: `call_${i + 1}`,
              toolName,
              input: JSON.stringify(input),
            }))
          : [{ type: 'text' as const, text: 'The number and the discount are set. I sent no mail.' }],
        finishReason: { unified: first ? ('tool-calls' as const) : ('stop' as const), raw: undefined },
        usage: {
          inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
          outputTokens: { total: 1, text: 1, reasoning: 0 },
        },
        warnings: [],
      };
    },
  });
}
