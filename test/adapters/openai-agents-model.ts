import {
  type Model,
  type ModelRequest,
  type ModelResponse,
  type protocol,
  type StreamEvent,
  Usage,
} from '@openai/agents';

/** A call of a tool, as a model writes it: its id, the tool, and the arguments, as an object or as the text of one. */
type ScriptedCall = readonly [id: string, tool: string, args: object | string];
/** What a model answers in one turn: calls, or text. */
export type Turn = readonly ScriptedCall[] | string;

/** A model that answers as its script says, turn after turn, and keeps what it was asked. */
export class ScriptedModel implements Model {
  readonly requests: ModelRequest[] = [];
  readonly #turns: Turn[];

  constructor(turns: readonly Turn[]) {
    this.#turns = [...turns];
  }

  /** What the model was told of its calls in the last turn: the outputs of tools, by the id of the call. */
  get told(): Record<string, string> {
    const input = this.requests.at(-1)?.input ?? [];
    if (typeof input === 'string') return {};
    return Object.fromEntries(
      input.flatMap((item) => {
        if (item.type !== 'function_call_result') return [];
        const { output } = item;
        const text =
          typeof output === 'object' && 'text' in output ? String(output.text) : JSON.stringify(output);
        return [[item.callId, text]];
      }),
    );
  }

  async getResponse(request: ModelRequest): Promise<ModelResponse> {
    this.requests.push(request);
    const turn = this.#turns.shift();
    if (turn === undefined) throw new Error('the script of the model is over');
    return { usage: new Usage(), responseId: `response-${this.requests.length}`, output: outputOf(turn) };
  }

  async *getStreamedResponse(request: ModelRequest): AsyncIterable<StreamEvent> {
    const { output } = (await this.getResponse(request)) as { output: ReturnType<typeof outputOf> };
    const id = `response-${this.requests.length}`;
    const usage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };
    yield { type: 'response_done', response: { id, usage, output } };
  }
}

function outputOf(turn: Turn): (protocol.AssistantMessageItem | protocol.FunctionCallItem)[] {
  if (typeof turn === 'string') {
    const content = [{ type: 'output_text' as const, text: turn }];
    return [{ type: 'message', role: 'assistant', status: 'completed', content }];
  }
  return turn.map(([callId, name, args]) => ({
    type: 'function_call' as const,
    callId,
    name,
    status: 'completed' as const,
    arguments: typeof args === 'string' ? args : JSON.stringify(args),
  }));
}
