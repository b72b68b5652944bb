import { SealtrailError } from '@sealtrail/format';
import { z } from 'zod';
import type { Action } from '../../action.ts';
import { CONFIDENCE, RATIONALE, withReasonsJson } from '../shared/reasons.ts';

type Properties = Record<string, Readonly<Record<string, unknown>>>;

/** The JSON schema of a tool's parameters, in the type that the framework has for strict ones; it keeps others as they are. */
export interface ToolParameters {
  type: 'object';
  properties: Properties;
  required: string[];
  additionalProperties: false;
}

/**
 * What the model is told of an action's input, with the two members in which it says why and how sure it is. The framework
 * gets a JSON schema instead of the action's own schema so that it hands the input over as the model gave it: the action's
 * schema is applied where the proposal is made.
 *
 * @param strict whether the provider holds the model to the schema: every member is then required, the two among them, which
 *   may be null
 * @throws SealtrailError `config_invalid` when the input is no object, or has optional members where `strict` allows none
 */
export function parametersOf(action: Action, strict: boolean): ToolParameters {
  const { $schema, ...schema } = jsonSchemaOf(action);
  if (schema['type'] !== 'object') throw invalid(action, 'the input of a tool is an object');
  const given = schema as unknown as ToolParameters;
  const parameters = withReasonsJson({ ...given, properties: given.properties ?? {} }) as ToolParameters;
  const required = given.required ?? [];
  if (!strict) return { ...parameters, required };
  if (required.length < Object.keys(given.properties ?? {}).length) {
    throw invalid(action, 'a strict tool has no optional members: make them nullable');
  }
  return {
    ...parameters,
    properties: orNull(parameters.properties),
    required: [...required, RATIONALE, CONFIDENCE],
    additionalProperties: false,
  };
}

function jsonSchemaOf(action: Action): Record<string, unknown> {
  try {
    return z.toJSONSchema(action.input, { io: 'input' }) as Record<string, unknown>;
  } catch (cause) {
    throw invalid(action, 'its input has no JSON schema', cause);
  }
}

function orNull(properties: Properties): Properties {
  const reasons = [RATIONALE, CONFIDENCE].map((name) => {
    const schema = properties[name] ?? {};
    return [name, { ...schema, type: [schema['type'], 'null'] }] as const;
  });
  return { ...properties, ...Object.fromEntries(reasons) };
}

function invalid({ name }: Action, why: string, cause?: unknown): SealtrailError {
  return new SealtrailError('config_invalid', `${name}: ${why}`, { action: name }, { cause });
}
