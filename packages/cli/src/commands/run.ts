import { isName, isReference, isSealtrailError, isWord, type Target } from '@sealtrail/format';
import { refusalOfSystem } from '@sealtrail/store';
import { tellError } from '@sealtrail/verifier/cli';
import { InvalidArgumentError } from 'commander';

/** Runs a command's work; an error becomes one line and an exit code: 1 for a broken log, 2 for everything else. */
export async function run(json: boolean | undefined, work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (thrown) {
    const error = refusalOfSystem(thrown) ?? thrown;
    tellError(error, json);
    // Node's own exit code for an error would say that the log is broken.
    process.exitCode = isSealtrailError(error) && BROKEN.includes(error.code) ? 1 : 2;
  }
}

const BROKEN: readonly string[] = ['segment_broken', 'log_broken', 'checkpoint_refused'];

export function tenantName(value: string): string {
  if (!isName(value))
    throw new InvalidArgumentError('A tenant is 1 to 128 characters of A-Z a-z 0-9 . _ : ~ -');
  return value;
}

/** A tenant whose log is a plugin's to write to: the operator's own, SPEC 12, are written by the commands for them. */
export function hostTenant(value: string): string {
  if (value.startsWith('~')) throw new InvalidArgumentError('Names that begin with ~ are the operator’s.');
  return tenantName(value);
}

/** A whole number within limits, for commander. */
export function wholeNumber(min: number, max: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < min || number > max) {
      throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
    }
    return number;
  };
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;
}

/** For options that may be repeated. */
export function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** A record or person, for commander. */
export function target(value: string): Target {
  const slash = value.indexOf('/');
  const found = { type: value.slice(0, slash), id: value.slice(slash + 1) };
  if (slash === -1 || !isWord(found.type) || !isReference(found.id)) {
    throw new InvalidArgumentError('Give TYPE/ID, such as contact/c-104.');
  }
  return found;
}
