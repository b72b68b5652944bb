import { RISKS, split } from '@sealtrail/events';
import {
  canonicalize,
  isReference,
  isSealtrailError,
  type JsonValue,
  MAX_DEPTH,
  MAX_SEALED_VALUE_BYTES,
  MAX_TARGETS,
  parseOptions,
  SealtrailError,
  type Target,
} from '@sealtrail/format';
import { z } from 'zod';

/** How much an action can do wrong. */
export type Risk = (typeof RISKS)[number];
/** Whether somebody has to approve before an action is executed. */
export type Approval = 'required' | 'not_required';

/** 100 years. */
const MAX_EXPIRY_MS = 36_525 * 86_400_000;

/** What a plugin says of one thing that its agents may do. */
export interface ActionDefinition<Name extends string, Input extends z.ZodType> {
  /** As the agent knows it, such as `update_contact`. */
  readonly name: Name;
  readonly description?: string | undefined;
  /**
   * What the action takes. Its parsed values must be JSON, and parsing them again must change nothing: approved arguments are
   * parsed again before they are executed, and others than the approved ones are refused (`args_mismatch`). So defaults are fine,
   * and `z.number().transform((x) => x * 100)` is not.
   */
  readonly input: Input;
  /** The records that the action is about. */
  readonly targets: (input: z.output<Input>) => readonly Target[];
  /** Members of the input that are personal data: sealed apart, so that they can be erased alone. */
  readonly personal?: readonly (keyof z.output<Input> & string)[] | undefined;
  readonly risk?: Risk | undefined;
  /** Whether a person, a policy or a grant has to approve; default `required`. */
  readonly approval?: Approval | ((input: z.output<Input>) => Approval) | undefined;
  /** How long a proposal may wait for a decision, in whole milliseconds, up to 100 years; default: for ever. */
  readonly expires_after_ms?: number | undefined;
}

/** An action that agents may propose; see {@link defineAction}. */
export interface Action<Name extends string = string, Input extends z.ZodType = z.ZodType> {
  readonly name: Name;
  readonly description: string | undefined;
  readonly input: Input;
  readonly personal: readonly string[];
  readonly risk: Risk | undefined;
  readonly expires_after_ms: number | undefined;
  /** Checks an input. @throws SealtrailError `input_invalid` that names the member */
  parse(input: unknown): z.output<Input>;
  /** @throws SealtrailError `config_invalid` when what the definition gives is no list, `input_invalid` for records that none can have */
  targets(input: z.output<Input>): readonly Target[];
  approval(input: z.output<Input>): Approval;
}

/** An action's input as it is given: its schema has not seen it yet. */
export type InputOf<A extends Action> = z.input<A['input']>;
/** An action's input as its schema gives it. */
export type ParsedInputOf<A extends Action> = z.output<A['input']>;

const isFunction = (value: unknown) => typeof value === 'function';
const text = z.string({ error: 'must be a text' });
const expiry = `must be a whole number from 1 to ${MAX_EXPIRY_MS}`;

/** What no compiler looked at: a member that nobody reads, such as a misspelt expiry, must not pass for one that has an effect. */
const definitionSchema = z
  .strictObject({
    name: z.custom(isReference, 'must be 1 to 256 bytes without control characters'),
    description: text.optional(),
    input: z.custom<z.ZodType>((value) => isFunction(Object(value).safeParse), 'must be a zod schema'),
    targets: z.custom(isFunction, 'must be a function'),
    personal: z.array(text, { error: 'must be names of members' }).optional(),
    risk: z.enum(RISKS, { error: `must be one of ${RISKS.join(', ')}` }).optional(),
    approval: z
      .union([z.enum(['required', 'not_required']), z.custom(isFunction)], {
        error: 'must be required, not_required, or a function',
      })
      .optional(),
    expires_after_ms: z
      .int({ error: expiry })
      .min(1, { error: expiry })
      .max(MAX_EXPIRY_MS, { error: expiry })
      .optional(),
  })
  .superRefine(({ input, personal = [] }, context) => {
    const unknown = personal.find((member) => !mayHave(input, member));
    if (unknown === undefined) return;
    // It would be sealed together with the rest, and could not be erased alone.
    const message = `the input has no member ${JSON.stringify(unknown)}`;
    context.addIssue({ code: 'custom', path: ['personal'], message });
  });

/** Whether a schema takes a member, as far as it says. */
function mayHave(input: z.ZodType, member: string): boolean {
  if (!(input instanceof z.ZodObject)) return true;
  const { catchall } = input.def;
  const isClosed = catchall === undefined || catchall instanceof z.ZodNever;
  return !isClosed || Object.hasOwn(input.shape, member);
}

/**
 * Declares an action. Its name, input and records are then checked by the compiler wherever it is proposed or executed.
 *
 * @throws SealtrailError `config_invalid`
 */
export function defineAction<const Name extends string, Input extends z.ZodType>(
  definition: ActionDefinition<Name, Input>,
): Action<Name, Input> {
  const { name: given } = Object(definition);
  parseOptions(isReference(given) ? `defineAction ${given}` : 'defineAction', definitionSchema, definition);
  const { name, description, input, targets, personal = [], risk, approval = 'required' } = definition;
  const { expires_after_ms } = definition;
  return {
    name,
    description,
    input,
    personal,
    risk,
    expires_after_ms,
    parse: (given) => parse(name, input, given),
    targets: (given) => checkedTargets(name, targets(given)),
    approval: typeof approval === 'function' ? approval : () => approval,
  };
}

/** What an agent gave may name no records that can be recorded, such as one with an empty id: then it has to hear of it. */
function checkedTargets(name: string, records: unknown): readonly Target[] {
  if (!Array.isArray(records)) {
    throw new SealtrailError('config_invalid', `${name}: targets must give a list of records`, {
      action: name,
    });
  }
  const refused = (path: string, why: string) =>
    new SealtrailError('input_invalid', `${name}: the input is about ${why}`, { action: name, path });
  if (records.length > MAX_TARGETS) throw refused('targets', `more than ${MAX_TARGETS} records`);
  const at = records.findIndex((record) => isTextOfNone(Object(record).id));
  if (at < 0) return records;
  throw refused(`targets.${at}.id`, 'a record whose id is not 1 to 256 bytes without control characters');
}

/** Anything but a text is not what an agent gave, but what the action makes of it. */
const isTextOfNone = (id: unknown) => typeof id === 'string' && !isReference(id);

function parse<Input extends z.ZodType>(name: string, schema: Input, given: unknown): z.output<Input> {
  const result = checked(name, schema, given);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.join('.') || 'the input';
  // Not the issue's message: it may repeat the value, which may be personal.
  throw new SealtrailError('input_invalid', `${name}: ${path} is invalid (${issue?.code ?? 'unknown'})`, {
    action: name,
    path,
  });
}

function checked<Input extends z.ZodType>(name: string, schema: Input, given: unknown) {
  try {
    return schema.safeParse(given);
  } catch (error) {
    if (error instanceof z.core.$ZodAsyncError) {
      throw new SealtrailError('config_invalid', `${name}: its schema must not wait for anything`, {
        action: name,
      });
    }
    // A transformation that threw, or a value that nests deeper than the schema can follow. Its message may repeat the value.
    const why = error instanceof Error ? error.name : 'Error';
    throw new SealtrailError('input_invalid', `${name}: the input cannot be checked (${why})`, {
      action: name,
    });
  }
}

/**
 * An input as it is recorded: a copy, so that it is what was given, whatever the caller does with its objects meanwhile.
 *
 * @throws SealtrailError `input_invalid`, also for what JSON cannot say, such as a member that is undefined, and for what is too large
 */
export function recordedInput<A extends Action>(action: A, given: InputOf<A>): ParsedInputOf<A> {
  const parsed = action.parse(given);
  const text = textOf(action, parsed);
  if (isTooLarge(text)) refuseTooLarge(action, parsed);
  return JSON.parse(text);
}

function textOf(action: Action, parsed: unknown): string {
  try {
    return canonicalize(parsed);
  } catch (error) {
    if (!isSealtrailError(error)) throw error;
    // Names that the schema does not know may be personal.
    const known = Object.entries(Object(parsed)).filter(([member]) => Object.hasOwn(shapeOf(action), member));
    const path = known.find(([, value]) => !isJson(value))?.[0] ?? 'the input';
    throw new SealtrailError('input_invalid', `${action.name}: ${path} is no JSON (${error.code})`, {
      action: action.name,
      path,
    });
  }
}

/** Personal members are sealed apart: each part has the room of a value. */
function refuseTooLarge({ name, personal }: Action, input: unknown): void {
  const parts = Object.values(split(input, personal));
  if (!parts.some((part) => isTooLarge(canonicalize(part)))) return;
  throw new SealtrailError('input_invalid', `${name}: the input is larger than what can be recorded`, {
    action: name,
    path: 'the input',
  });
}

function isTooLarge(text: string): boolean {
  return Buffer.byteLength(text) > MAX_SEALED_VALUE_BYTES;
}

function isJson(value: unknown): boolean {
  try {
    canonicalize(value, MAX_DEPTH - 1);
    return true;
  } catch {
    return false;
  }
}

/** The members that the action's schema knows. */
function shapeOf({ input }: Action): object {
  return input instanceof z.ZodObject ? input.shape : {};
}

/** The names of the members that differ, of those that the action's schema knows: other names may be personal data. */
export function editedFields(action: Action, original: JsonValue, final: JsonValue): string[] {
  const from = Object(original) as Record<string, unknown>;
  const to = Object(final) as Record<string, unknown>;
  return Object.keys(shapeOf(action)).filter(
    (field) => JSON.stringify(from[field]) !== JSON.stringify(to[field]),
  );
}
