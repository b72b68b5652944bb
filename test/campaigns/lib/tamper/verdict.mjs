// @ts-check
import { isSealtrailError } from '@sealtrail/format';
import { openSource, verifyAll, verifyTenant } from '@sealtrail/verifier';

/** @typedef {import('@sealtrail/verifier').TenantReport} TenantReport */
/** @typedef {import('@sealtrail/verifier').SourceReport} SourceReport */

/**
 * @typedef {object} Verdict
 * @property {string} status that of the source, or the code of a refusal
 * @property {Map<string, TenantReport>} tenants
 * @property {SourceReport | undefined} report
 */

/**
 * Everything at a location, in one piece and in parts: both have to say the same.
 *
 * @param {string} location
 * @param {import('@sealtrail/verifier').VerifyAllOptions} [options]
 * @returns {Promise<Verdict>}
 */
export async function verdictOf(location, options = {}) {
  /** @type {Map<string, TenantReport>} */
  const tenants = new Map();
  try {
    const source = await openSource(location);
    try {
      const report = await verifyAll(source, {
        ...options,
        onTenant: (one) => void tenants.set(one.tenant, one),
      });
      return { status: report.status, tenants, report };
    } finally {
      await source.close();
    }
  } catch (error) {
    if (!isSealtrailError(error)) throw error;
    return { status: error.code, tenants, report: undefined };
  }
}

/**
 * One tenant with what was noted of it earlier.
 *
 * @param {string} location
 * @param {string} tenant
 * @param {import('@sealtrail/verifier').VerifyOptions} options
 */
export async function tenantVerdict(location, tenant, options) {
  const source = await openSource(location);
  try {
    return await verifyTenant(source, tenant, options);
  } finally {
    await source.close();
  }
}

/** What can be noted of a store that is whole. @param {Verdict} verdict */
export function notesOf({ tenants, report }) {
  const positions = new Map([...tenants].map(([tenant, { last }]) => [tenant, last]));
  const seal = report?.seal;
  if (seal === undefined || seal === null) throw new Error('the world has no seal');
  return { positions, seal: { number: seal.number, hash: seal.hash } };
}
