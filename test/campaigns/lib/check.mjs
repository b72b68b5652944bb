// @ts-check
import { openSource, verifyAll } from '@sealtrail/verifier';
import { readAcks } from './acks.mjs';

/**
 * Verifies the whole store, and holds it against what the writers were told: every entry of every plan is there exactly
 * once, and where and as it was acknowledged.
 *
 * @param {string} location
 * @param {readonly import('./writer.mjs').Plan[]} plans  of writers that have done their share
 * @param {{ readonly size: number, readonly root: string }} [checkpoint]  what was published: the store must still begin with it
 * @returns {Promise<{ problems: string[], tenants: number, entries: number, seconds: number }>}
 */
export async function check(location, plans, checkpoint) {
  /** @type {string[]} */
  const problems = [];
  const wanted = new Map(plans.flatMap((plan) => acknowledgedBy(plan, problems)));
  const started = performance.now();
  const source = await openSource(location);
  try {
    const report = await verifyAll(source, {
      checkpoint,
      onTenant: (tenant) => {
        if (tenant.status !== 'valid') problems.push(`${tenant.tenant}: ${tenant.summary}`);
      },
    });
    const seconds = (performance.now() - started) / 1000;
    if (report.status !== 'valid') problems.push(report.summary);
    const stored = new Set();
    for await (const log of source.logs()) {
      for await (const { entries } of log.walk({ from: 0 })) {
        for (const row of entries) {
          const id = String(row['id']);
          const where = `${log.tenant} ${row['seq']} ${row['hash']}`;
          if (stored.has(`${log.tenant} ${id}`)) problems.push(`${id} is there twice`);
          stored.add(`${log.tenant} ${id}`);
          const told = wanted.get(id);
          if (told !== undefined && told !== where)
            problems.push(`${id} is at ${where}, acknowledged was ${told}`);
          wanted.delete(id);
        }
      }
    }
    for (const [id, told] of wanted) problems.push(`${id} was acknowledged at ${told} and is not there`);
    return { problems, tenants: report.tenants, entries: report.walked, seconds };
  } finally {
    await source.close();
  }
}

/**
 * @param {import('./writer.mjs').Plan} plan
 * @param {string[]} problems
 * @returns {[string, string][]} what each entry was acknowledged as, by its id
 */
function acknowledgedBy(plan, problems) {
  const acks = new Map(readAcks(plan.acks).map((ack) => [ack.id, ack]));
  for (let i = 0; i < plan.entries; i++) {
    if (!acks.has(`${plan.name}-${i}`)) problems.push(`${plan.name}-${i} was never acknowledged`);
  }
  return [...acks.values()].map(({ id, tenant, seq, hash }) => [id, `${tenant} ${seq} ${hash}`]);
}
