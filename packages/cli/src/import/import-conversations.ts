import { access, constants, type FileHandle, open } from 'node:fs/promises';
import { isSealtrailError, SealtrailError } from '@sealtrail/format';
import type { Appended, Log } from '@sealtrail/store';
import { type Conversation, parseConversation } from './conversation.ts';
import { type ConvertedCall, convert } from './convert.ts';
import { linesIn, unpacked } from './lines.ts';
import type { ToolRules } from './rules.ts';

/** Calls under way at once. */
const IN_FLIGHT = 64;
const MAX_LINE_CHARACTERS = 16 * 1024 * 1024;

export interface ImportOptions {
  readonly rules: ToolRules;
  /** The id that the recorded agent gets. */
  readonly agent: string;
  readonly onProgress?: ((conversations: number, calls: number) => void) | undefined;
}

/** What was found and recorded. */
export interface ImportSummary {
  conversations: number;
  tool_calls: number;
  reads: number;
  writes: number;
  approved: number;
  rejected: number;
  /** Writes that no consent or refusal could be found for. */
  undecided: number;
  executed: number;
  failed: number;
  without_result: number;
  unreadable_arguments: number;
  entries: number;
  /** Entries that an earlier import had appended already. */
  already_there: number;
  /** How each tool was taken, and how often it was called. */
  tools: Record<string, { taken_as: 'read' | 'write'; calls: number }>;
  /** Members of the lines that were not imported. */
  ignored_members: Record<string, number>;
}

/**
 * Imports recorded conversations, one line after the other, in memory bounded by the largest line. Importing the same file
 * again adds nothing.
 *
 * @throws SealtrailError `import_invalid` that names the line; everything before it has been imported
 */
export async function importConversations(
  log: Log,
  tenant: string,
  path: string,
  options: ImportOptions,
): Promise<ImportSummary> {
  const summary = emptySummary();
  const inFlight: Promise<Appended[]>[] = [];
  const settle = async (limit: number): Promise<void> => {
    while (inFlight.length > limit) {
      for (const { duplicate } of await (inFlight.shift() as Promise<Appended[]>)) {
        summary.entries++;
        if (duplicate) summary.already_there++;
      }
    }
  };
  try {
    for await (const { line, number } of linesOf(path)) {
      const conversation = parseConversation(line, number);
      summary.conversations++;
      for (const member of conversation.unknownMembers) {
        summary.ignored_members[member] = (summary.ignored_members[member] ?? 0) + 1;
      }
      for (const call of convertLine(conversation, number, options)) {
        count(summary, call);
        const pending = log.appendAll(tenant, call.drafts).catch((error: unknown) => {
          throw ofLine(error, number);
        });
        // Its failure is met when it is waited for.
        pending.catch(() => {});
        inFlight.push(pending);
        await settle(IN_FLIGHT);
      }
      options.onProgress?.(summary.conversations, summary.tool_calls);
    }
  } finally {
    await settle(0);
  }
  return summary;
}

function* convertLine(
  conversation: Conversation,
  line: number,
  { rules, agent }: ImportOptions,
): Generator<ConvertedCall> {
  try {
    yield* convert(conversation, rules, agent);
  } catch (error) {
    throw ofLine(error, line);
  }
}

/** What no entry can hold, or what another conversation of the same id holds already, is a fault of the line. */
function ofLine(error: unknown, line: number): unknown {
  if (!isSealtrailError(error, 'draft_invalid') && !isSealtrailError(error, 'id_conflict')) return error;
  return new SealtrailError('import_invalid', `line ${line}: ${error.message}`, { line }, { cause: error });
}

function emptySummary(): ImportSummary {
  return {
    conversations: 0,
    tool_calls: 0,
    reads: 0,
    writes: 0,
    approved: 0,
    rejected: 0,
    undecided: 0,
    executed: 0,
    failed: 0,
    without_result: 0,
    unreadable_arguments: 0,
    entries: 0,
    already_there: 0,
    // Names of a recording: one of them may be that of something every other object has.
    tools: Object.create(null),
    ignored_members: Object.create(null),
  };
}

function count(summary: ImportSummary, call: ConvertedCall): void {
  summary.tool_calls++;
  summary[call.write ? 'writes' : 'reads']++;
  if (call.write) summary[call.decision === 'none' ? 'undecided' : call.decision]++;
  summary[call.execution === 'none' ? 'without_result' : call.execution]++;
  if (call.unreadableArguments) summary.unreadable_arguments++;
  const known = summary.tools[call.tool];
  summary.tools[call.tool] = { taken_as: call.write ? 'write' : 'read', calls: (known?.calls ?? 0) + 1 };
}

/** @throws SealtrailError `source_invalid` for a recording that is not there, or that this user may not read */
export async function refuseUnreadable(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): SealtrailError {
  return new SealtrailError('source_invalid', `cannot read ${path}`, {}, { cause });
}

async function* linesOf(path: string): AsyncGenerator<{ line: string; number: number }> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (cause) {
    throw unreadable(path, cause);
  }
  try {
    let number = 0;
    for await (const line of linesIn(unpacked(file.createReadStream({ autoClose: false })))) {
      number++;
      if (line === undefined)
        throw new SealtrailError('import_invalid', `line ${number}: is not UTF-8`, { line: number });
      if (line.length > MAX_LINE_CHARACTERS) {
        throw new SealtrailError(
          'import_invalid',
          `line ${number}: is longer than ${MAX_LINE_CHARACTERS} characters`,
          { line: number },
        );
      }
      if (line.trim() !== '') yield { line, number };
    }
  } catch (cause) {
    if (!String(Object(cause).code).startsWith('Z_')) throw cause;
    throw new SealtrailError('import_invalid', 'the file is in gzip, and cut or damaged', {}, { cause });
  } finally {
    await file.close();
  }
}
