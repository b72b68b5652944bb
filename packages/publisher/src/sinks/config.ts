import { readFileSync } from 'node:fs';
import { SealtrailError } from '@sealtrail/format';
import { type Policy, readPolicy, readVkey } from '@sealtrail/tlog';
import { z } from 'zod';
import { directorySink } from './directory.ts';
import { httpSink } from './http.ts';
import { rfc3161Sink } from './rfc3161.ts';
import type { Sink } from './sink.ts';
import { witnessSink } from './witness.ts';

const name = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, { error: 'must be 1 to 64 characters of A-Z a-z 0-9 . _ -' });
const url = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
    error: 'must be an http(s) URL',
    abort: true,
  })
  // Nothing is ever sent there: `fetch` refuses such a URL, and the sink would be one that cannot be reached.
  .refine((text) => new URL(text).username === '' && new URL(text).password === '', {
    error: 'must have no user and no password; an http sink has a tokenVariable',
  });

const schema = z.strictObject({
  sinks: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('directory'), name, path: z.string().min(1) }),
        /** `tokenVariable` names an environment variable, so that no secret is in the file. */
        z.strictObject({ type: z.literal('http'), name, url, tokenVariable: z.string().min(1).optional() }),
        z.strictObject({ type: z.literal('rfc3161'), name, url, certificates: z.string().min(1).optional() }),
        z.strictObject({ type: z.literal('witness'), name, url, vkey: z.string() }),
      ]),
    )
    .max(100),
});

type Environment = Readonly<Record<string, string | undefined>>;

/** What a file of sinks may hold. */
export type SinksFile = z.input<typeof schema>;

/**
 * The sinks that a JSON file names.
 *
 * @param env environment, for the tokens that the file refers to
 * @throws SealtrailError `config_invalid`; its message repeats no value
 */
export function readSinks(path: string, env: Environment): Sink[] {
  // What stands in it would be told with the error.
  if (path.includes('://'))
    throw new SealtrailError('config_invalid', 'sinks are named in a JSON file, which is given by its path');
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new SealtrailError('config_invalid', `${path} cannot be read as JSON`, {}, { cause });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`.trim());
    throw new SealtrailError('config_invalid', `${path} is invalid:\n  ${problems.join('\n  ')}`, {
      problems,
    });
  }
  return parsed.data.sinks.map((sink) => sinkOf(sink, env));
}

function sinkOf(sink: SinksFile['sinks'][number], env: Environment): Sink {
  switch (sink.type) {
    case 'directory':
      return directorySink(sink.name, sink.path);
    case 'http':
      return httpSink({ name: sink.name, url: sink.url, token: tokenOf(sink.tokenVariable, env) });
    case 'rfc3161': {
      const certificates = sink.certificates && readText(sink.certificates);
      return rfc3161Sink({ name: sink.name, url: sink.url, certificates });
    }
    case 'witness':
      return witnessSink(sink.name, sink.url, readVkey(sink.vkey));
  }
}

/** The witnesses of a policy that have an address, as sinks. */
export function policySinks(policy: Policy): Sink[] {
  return policy.witnesses.flatMap(({ name: witness, key, url: address }) =>
    address === undefined ? [] : [witnessSink(witness, address, key)],
  );
}

/** The policy in a file. @throws SealtrailError `config_invalid`, `policy_malformed`, `key_invalid` */
export function readPolicyFile(path: string): Policy {
  return readPolicy(readText(path));
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SealtrailError('config_invalid', `cannot read ${path}`, {}, { cause });
  }
}

function tokenOf(variable: string | undefined, env: Environment): string | undefined {
  if (variable === undefined) return undefined;
  const token = env[variable];
  if (token === undefined || token === '') {
    throw new SealtrailError(
      'config_invalid',
      `the environment variable ${variable}, which holds a sink’s token, is not set`,
    );
  }
  return token;
}
