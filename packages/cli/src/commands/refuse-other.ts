import { SealtrailError } from '@sealtrail/format';
import { kindOf, type LocationKind } from '@sealtrail/verifier';

const OTHERS: Readonly<Record<Exclude<LocationKind, 'log'>, string>> = {
  proof: 'a proof',
  evidence: 'an evidence bundle',
  checkpoint: 'a checkpoint',
  published: 'a published log, which names no tenants',
};

/** Refuses what can be verified and is neither a store nor a bundle. @throws SealtrailError `source_invalid` */
export function refuseOther(location: string): void {
  const kind = kindOf(location);
  if (kind === 'log') return;
  const message = `this is ${OTHERS[kind]}: "sealtrail verify" says what is in it`;
  throw new SealtrailError('source_invalid', message);
}
