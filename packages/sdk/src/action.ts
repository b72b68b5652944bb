import {
  canonicalize,
  isReference,
  isSealtrailError,
  type JsonValue,
  MAX_DEPTH,
  SealtrailError,
  type Target,
} from '@sealtrail/format';
import { z } from 'zod';

/** How much an action can do wrong. */
export type Risk = 'low' | 'medium' | 'high';
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
  targets(input: z.output<Input>): readonly Target[];
  approval(input: z.output<Input>): Approval;
}

/** An action's input as it is given: its schema has not seen it yet. */
export type InputOf<A extends Action> = z.input<A['input']>;
/** An action's input as its schema gives it. */
export type ParsedInputOf<A extends Action> = z.output<A['input']>;

/**
 * Declares an action. Its name, input and records are then checked by the compiler wherever it is proposed or executed.
 *
 * @throws SealtrailError `config_invalid`
 */
export function defineAction<const Name extends string, Input extends z.ZodType>(
  definition: ActionDefinition<Name, Input>,
): Action<Name, Input> {
  const { name, description, input, targets, personal = [], risk, approval = 'required' } = definition;
  const { expires_after_ms } = definition;
  if (!isReference(name)) throw new SealtrailError('config_invalid', 'an action has a name');
  const isWhole = Number.isSafeInteger(expires_after_ms);
  if (
    expires_after_ms !== undefined &&
    !(isWhole && expires_after_ms > 0 && expires_after_ms <= MAX_EXPIRY_MS)
  ) {
    throw new SealtrailError(
      'config_invalid',
      `${name}: expires_after_ms is a whole number from 1 to ${MAX_EXPIRY_MS}`,
    );
  }
  return {
    name,
    description,
    input,
    personal,
    risk,
    expires_after_ms,
    parse: (given) => parse(name, input, given),
    targets,
    approval: typeof approval === 'function' ? approval : () => approval,
  };
}

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
 * @throws SealtrailError `input_invalid`, also for what JSON cannot say, such as a member that is undefined
 */
export function recordedInput<A extends Action>(action: A, given: InputOf<A>): ParsedInputOf<A> {
  const parsed = action.parse(given);
  try {
    return JSON.parse(canonicalize(parsed));
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
