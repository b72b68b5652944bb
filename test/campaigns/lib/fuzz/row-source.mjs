// @ts-check
import { mergeAnchors } from '@sealtrail/verifier';

/** @typedef {Record<string, unknown>} Row */
/** @typedef {Record<'tenants' | 'heads' | 'entries' | 'anchors' | 'directory_changes', Row[]>} Tables */

/**
 * Rows in memory, read as from a database that refuses nothing: any value in any field, in the order that a database gives.
 *
 * @implements {LogSource}
 * @typedef {import('@sealtrail/verifier').LogSource} LogSource
 */
export class RowSource {
  columns = true;
  openings = /** @type {const} */ ('included');
  #tables;

  /** @param {Tables} tables */
  constructor(tables) {
    this.#tables = tables;
  }

  async *logs() {
    const registered = this.#tables.tenants.map(({ tenant }) => tenant);
    const names = new Set(
      [registered, ...['heads', 'entries', 'anchors'].map((name) => this.#namesIn(name))].flat(),
    );
    for (const tenant of names) if (typeof tenant === 'string') yield this.log(tenant);
  }

  /** @param {string} name */
  #namesIn(name) {
    const rows = this.#tables[/** @type {keyof Tables} */ (name)];
    return rows.flatMap(({ tenant }) => (typeof tenant === 'string' ? [tenant] : [])).sort();
  }

  /** @param {string} tenant */
  async log(tenant) {
    const own = (/** @type {keyof Tables} */ name) =>
      this.#tables[name].filter((row) => row['tenant'] === tenant);
    const all = (/** @type {'entries' | 'anchors'} */ name, /** @type {string} */ column) =>
      own(name).sort((a, b) => rank(a[column]) - rank(b[column]));
    return {
      tenant,
      registry: own('tenants')[0],
      start: 0,
      head: async () => own('heads')[0],
      /** @param {import('@sealtrail/verifier').WalkRange} range */
      walk: ({ from, to }) =>
        mergeAnchors(
          batches(
            all('entries', 'seq').filter(
              ({ seq }) => (from === 0 || rank(seq) >= from) && (to === undefined || rank(seq) <= to),
            ),
          ),
          batches(all('anchors', 'number').filter((row) => from === 0 || rank(row['to_seq']) >= from)),
        ),
      anchors: () => batches(all('anchors', 'number')),
    };
  }

  async *directoryChanges() {
    yield this.#tables.directory_changes;
  }

  async close() {}
}

/** @param {readonly Row[]} rows */
async function* batches(rows) {
  for (let at = 0; at < rows.length; at += 5) yield rows.slice(at, at + 5);
}

/** Nothing stands before all numbers, everything else after them. @param {unknown} value */
function rank(value) {
  if (typeof value === 'number' && !Number.isNaN(value)) return value;
  return value === null || value === undefined || typeof value === 'number' ? -1e308 : 1e308;
}
