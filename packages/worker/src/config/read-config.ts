import { SealtrailError } from '@sealtrail/format';
import type { z } from 'zod';
import {
  type CompleteConfig,
  configSchema,
  type OnceConfig,
  onceSchema,
  type WorkerConfig,
} from './schema.ts';
import { VARIABLES } from './variables.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a worker's configuration from environment variables.
 *
 * @throws SealtrailError `config_invalid`; its message and `detail.problems` name everything that is wrong, without values
 */
export function readConfig(env: Environment): CompleteConfig {
  return read(env, configSchema);
}

/**
 * The same for a single tick, which needs no Redis.
 *
 * @throws SealtrailError `config_invalid`
 */
export function readOnceConfig(env: Environment): OnceConfig {
  return read(env, onceSchema);
}

/**
 * Completes a configuration given as an object.
 *
 * @throws SealtrailError `config_invalid`
 */
export function completeConfig(given: WorkerConfig): CompleteConfig {
  const parsed = configSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim()));
}

function read<T>(env: Environment, schema: z.ZodType<T>): T {
  const input: Record<string, unknown> = {};
  // By key, the first one found: a variable that cannot be read is not reported again as missing.
  const faults = new Map<string, string>();
  for (const { name, key, parse, form } of VARIABLES) {
    const text = env[name];
    if (text === undefined) continue;
    const value = parse(text);
    if (text.trim() === '') faults.set(key, `is empty; unset it, or give ${form}`);
    else if (value === undefined) faults.set(key, `must be ${form}`);
    else input[key] = value;
  }
  const parsed = schema.safeParse(input);
  for (const { path, message } of parsed.error?.issues ?? []) {
    // Of a list, whose variable is one: nobody gave a key of that name.
    const key = String(path[0] ?? '');
    if (!faults.has(key)) faults.set(key, message);
  }
  const problems = [
    ...unknownVariables(env),
    ...[...faults].map(([key, fault]) => `${nameOf(key)} ${fault}`),
  ];
  if (!parsed.success || problems.length > 0) throw invalid(problems);
  return parsed.data;
}

function unknownVariables(env: Environment): string[] {
  const known = VARIABLES.map(({ name }) => name);
  const unknown = Object.keys(env).filter((name) => name.startsWith('SEALTRAIL_') && !known.includes(name));
  if (unknown.length === 0) return [];
  return [`unknown: ${unknown.sort().join(', ')}. Known are: ${known.join(', ')}`];
}

function nameOf(key: string): string {
  return VARIABLES.find((variable) => variable.key === key)?.name ?? key;
}

function invalid(problems: readonly string[]): SealtrailError {
  const message = `the configuration is invalid:\n  ${problems.join('\n  ')}`;
  return new SealtrailError('config_invalid', message, { problems });
}
