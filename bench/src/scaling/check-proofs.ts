import { anchorTenant, proveEntry, proveHistory, sealTenants } from '@sealtrail/store';
import { draft, fill, TENANT } from '../data.ts';
import { predictedEntryProof, predictedHistoryProof } from './proof-samples.ts';
import type { Check } from './units.ts';
import type { World } from './world.ts';

const ENTRIES = 2_000;
const SEGMENT = 16;
const TENANTS = 200;

/** Proofs out of many small segments: the longest that can be had without a log of millions. */
export async function checkProofs({ sqlite, say }: World): Promise<Check[]> {
  say(`proofs: ${ENTRIES} entries in segments of ${SEGMENT}`);
  const { store, drop } = await sqlite.fresh();
  for (let i = 0; i < TENANTS; i++) await store.register(`other-${i}`);
  await fill(store, ENTRIES - 1);
  await anchorTenant(store, TENANT, { maxSegment: SEGMENT });
  await sealTenants(store);
  const checks: Check[] = [];
  const check = (what: string, proof: object, predicted: number): void => {
    const from = 'the formula';
    checks.push({ what, from, unit: 'bytes', predicted, measured: Buffer.byteLength(JSON.stringify(proof)) });
  };
  const anchors = Math.ceil(ENTRIES / SEGMENT);
  for (const seq of [7, ENTRIES / 2, ENTRIES - 1]) {
    const proof = await proveEntry(store, TENANT, seq);
    const below = proof.sealed.anchors.length;
    check(
      `proof of entry ${seq} of ${ENTRIES}, ${below} of ${anchors} anchors`,
      proof,
      predictedEntryProof(proof),
    );
  }
  const record = draft(0).targets?.[0] as { type: string; id: string };
  const history = await proveHistory(store, TENANT, record);
  check(`history of a record, ${anchors} anchors`, history, predictedHistoryProof(history));
  await drop();
  return checks;
}
