import { createHash } from 'node:crypto';
import { canonicalize, isName, SealtrailError } from '@sealtrail/format';
import { z } from 'zod';

// Recorded conversations in the OpenAI chat format: one JSON object a line, `{"conversation"?: id, "messages": [...]}`.

const toolCall = z.object({
  id: z.string(),
  type: z.literal('function').optional(),
  function: z.object({ name: z.string().min(1).max(256), arguments: z.string() }),
});
const message = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'developer', 'user']), content: z.unknown() }),
  z.object({ role: z.literal('assistant'), content: z.unknown(), tool_calls: z.array(toolCall).nullish() }),
  z.object({ role: z.literal('tool'), content: z.unknown(), tool_call_id: z.string() }),
]);
const conversation = z.object({ conversation: z.string().optional(), messages: z.array(message) });

export type ToolCall = z.output<typeof toolCall>;
export type Message = z.output<typeof message>;

export interface Conversation {
  /** The recording's own id when it can be part of an entry's id, otherwise a hash of the messages. */
  readonly id: string;
  readonly messages: readonly Message[];
  /** Members of the line that this importer does not know; they are not imported. */
  readonly unknownMembers: readonly string[];
}

/** Leaves room for the suffixes of entry ids. */
const MAX_ID = 60;

/**
 * Parses one line.
 *
 * @throws SealtrailError `import_invalid` that names the line and what is wrong with it
 */
export function parseConversation(line: string, lineNumber: number): Conversation {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw invalid(lineNumber, 'is not JSON', cause);
  }
  const parsed = conversation.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalid(lineNumber, `${issue?.path.join('.') || 'the line'}: ${issue?.message}`);
  }
  const { conversation: given, messages } = parsed.data;
  const usable = given !== undefined && isName(given) && given.length <= MAX_ID;
  const known = new Set(['conversation', 'messages']);
  return {
    id: usable ? given : digest(value as object, lineNumber),
    messages,
    unknownMembers: Object.keys(value as object).filter((name) => !known.has(name)),
  };
}

function digest(value: object, lineNumber: number): string {
  try {
    return createHash('sha256').update(canonicalize(value)).digest('hex').slice(0, 32);
  } catch (cause) {
    throw invalid(lineNumber, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function invalid(line: number, why: string, cause?: unknown): SealtrailError {
  return new SealtrailError('import_invalid', `line ${line}: ${why}`, { line }, { cause });
}

/** The words of a message: its text, or the text parts of it; empty when it has none. */
export function wordsOf(message: Message | undefined): string {
  if (message === undefined) return '';
  if (typeof message.content === 'string') return message.content;
  if (!Array.isArray(message.content)) return '';
  return message.content
    .flatMap((part: unknown) => {
      const text = (part as { text?: unknown } | null)?.text;
      return typeof text === 'string' ? [text] : [];
    })
    .join('\n');
}
