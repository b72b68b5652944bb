import { isReference, type JsonValue, SealtrailError, type Target } from '@sealtrail/format';
import { z } from 'zod';

export type Risk = 'low' | 'medium' | 'high';
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

export type InputOf<A extends Action> = z.input<A['input']>;
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
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.join('.') || 'the input';
  // Not the issue's message: it may repeat the value, which may be personal.
  throw new SealtrailError('input_invalid', `${name}: ${path} is invalid (${issue?.code ?? 'unknown'})`, {
    action: name,
    path,
  });
}

/** The names of the members that differ, of those that the action's schema knows: other names may be personal data. */
export function editedFields(action: Action, original: JsonValue, final: JsonValue): string[] {
  if (!(action.input instanceof z.ZodObject)) return [];
  const from = Object(original) as Record<string, unknown>;
  const to = Object(final) as Record<string, unknown>;
  return Object.keys(action.input.shape).filter(
    (field) => JSON.stringify(from[field]) !== JSON.stringify(to[field]),
  );
}
