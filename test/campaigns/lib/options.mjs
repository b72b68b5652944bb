// @ts-check
import { parseArgs } from 'node:util';

const STORES = /** @type {const} */ (['sqlite', 'mongodb']);

/**
 * Reads the command line: numbers with defaults, `--store` or `--at`, `--json`, `--help`; `--faults` where there are faults, and
 * `--folder` where a campaign can be taken up again.
 *
 * @template {string} Name
 * @param {string} help  what `--help` prints; the process then ends
 * @param {Record<Name, number>} numbers
 * @param {{ readonly faults?: readonly string[], readonly folder?: boolean }} [more] `faults`: those that `--faults` may choose
 *   from; the first is what is chosen without it
 * @returns {Record<Name, number> & { store: 'sqlite' | 'mongodb', at: string | undefined, json: boolean, faults: string[],
 *   folder: string | undefined }}
 */
export function readOptions(help, numbers, { faults = [], folder: kept = false } = {}) {
  const names = /** @type {Name[]} */ (Object.keys(numbers));
  /** @type {Readonly<Record<string, string | boolean | undefined>>} */
  const values = readFlags(help, {
    store: { type: 'string' },
    at: { type: 'string' },
    json: { type: 'boolean' },
    ...(faults.length > 0 ? { faults: { type: /** @type {const} */ ('string') } } : {}),
    ...(kept ? { folder: { type: /** @type {const} */ ('string') } } : {}),
    ...Object.fromEntries(names.map((name) => [name, { type: /** @type {const} */ ('string') }])),
  });
  try {
    const at = /** @type {string | undefined} */ (values['at']);
    const wanted = at === undefined ? values['store'] : at.startsWith('mongodb') ? 'mongodb' : 'sqlite';
    const store = STORES.find((name) => name === wanted);
    if (store === undefined) throw new Error('--store is sqlite or mongodb');
    const chosen = { ...numbers };
    for (const name of names) {
      const given = values[name];
      if (given === undefined) continue;
      const number = Number(given);
      if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} is a whole number`);
      chosen[name] = number;
    }
    const { faults: wantedFaults, folder } = /** @type {{ faults?: string, folder?: string }} */ (values);
    const found = wantedFaults === 'all' ? [...faults] : (wantedFaults?.split(',') ?? faults.slice(0, 1));
    const unknown = found.find((name) => !faults.includes(name));
    if (unknown !== undefined)
      throw new Error(`--faults: there is no ${unknown}; all are ${faults.join(',')}`);
    if (store === 'sqlite' || store === 'mongodb')
      return { ...chosen, store, at, json: values['json'] === true, faults: found, folder };
    throw new Error('--store is sqlite or mongodb');
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error), help);
  }
}

/**
 * The flags of a command line as they are.
 *
 * @template {NonNullable<import('node:util').ParseArgsConfig['options']>} Options
 * @param {string} help what `--help` prints; the process then ends
 * @param {Options} options
 * @returns {ReturnType<typeof parseArgs<{ options: Options }>>['values']}
 */
export function readFlags(help, options) {
  try {
    const { values } = parseArgs({ options: { ...options, help: { type: 'boolean', short: 'h' } } });
    if (!('help' in values)) return /** @type {any} */ (values);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error), help);
  }
  console.log(help);
  return process.exit(0);
}

/**
 * Refuses to run on a server that nobody has named.
 *
 * @param {{ readonly store: 'sqlite' | 'mongodb', readonly at?: string | undefined }} options
 * @param {string} help
 */
export function needMongodb({ store, at }, help) {
  if (store === 'mongodb' && at === undefined && !process.env['MONGODB_URL'])
    refuse('set MONGODB_URL to the MongoDB server that shall be used', help);
}

/**
 * Ends the process: it was asked for something that it cannot do.
 *
 * @param {string} why
 * @param {string} [help]
 * @returns {never}
 */
export function refuse(why, help) {
  console.error(help === undefined ? why : `${why}\n\n${help}`);
  process.exit(2);
}

/**
 * Ends a campaign: prints its result and chooses the exit code.
 *
 * @param {Record<string, unknown> & { problems: readonly string[] }} result
 * @param {boolean} json
 */
export function conclude(result, json) {
  const { problems, ...figures } = result;
  const verdict = problems.length === 0 ? 'passed' : 'failed';
  if (json) {
    console.log(JSON.stringify({ verdict, ...figures, problems: problems.slice(0, 100) }));
  } else {
    for (const [name, value] of Object.entries(figures)) console.log(`${name}: ${value}`);
    for (const problem of problems.slice(0, 20)) console.log(`PROBLEM ${problem}`);
    console.log(`${verdict}${problems.length === 0 ? '' : `: ${problems.length} problems`}`);
  }
  process.exitCode = problems.length === 0 ? 0 : 1;
}
