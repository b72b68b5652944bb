import { SealtrailError } from '@sealtrail/format';
import type { Input } from '../input.ts';
import { isMongodbUrl, type LocationKind } from '../location.ts';
import type { VerifyFlags } from './options.ts';

// A flag that has nothing to do with what is verified would be taken for a check that was made. How fast, how much and in which form
// it is told are nobody's promise, and may be asked of everything.

const NAMES = {
  tenant: '--tenant',
  database: '--database',
  from: '--from',
  to: '--to',
  trusted: '--trusted',
  since: '--since',
  segments: '--segments',
  seal: '--seal',
  policy: '--policy',
  key: '--key',
  checkpoint: '--checkpoint',
  state: '--state',
  log: '--log',
  leaves: '--no-leaves',
  tsaCertificates: '--tsa-certificates',
} as const;
type Flag = keyof typeof NAMES;

const PROOF: readonly Flag[] = ['seal', 'policy', 'key', 'state', 'log', 'tsaCertificates'];
const USED: Readonly<Record<LocationKind, readonly Flag[]>> = {
  log: [
    ...(['tenant', 'database', 'from', 'to', 'trusted', 'since', 'segments'] as const),
    ...(['seal', 'policy', 'key', 'checkpoint', 'state'] as const),
  ],
  proof: PROOF,
  evidence: PROOF,
  checkpoint: ['policy', 'key', 'state', 'log'],
  published: ['policy', 'key', 'state', 'leaves'],
};
/** For these a bundle is gone through again. */
const READ_AGAIN: readonly Flag[] = ['segments', 'checkpoint', 'state'];
const CALLED: Readonly<Record<LocationKind, string>> = {
  log: 'a store or bundle',
  proof: 'a proof',
  evidence: 'an evidence bundle',
  checkpoint: 'a checkpoint',
  published: 'a published log',
};

/** @throws SealtrailError `config_invalid` */
export function refuseUnusedFlags(
  { kind, piped }: Pick<Input, 'kind' | 'piped'>,
  location: string,
  flags: VerifyFlags,
): void {
  for (const flag of Object.keys(NAMES) as Flag[]) {
    if (isGiven(flag, flags) && !USED[kind].includes(flag))
      throw unused(`${NAMES[flag]} says nothing about ${CALLED[kind]}`);
  }
  if (flags.log !== undefined && flags.state === undefined)
    throw unused('--log is about the checkpoint that was trusted last: name it with --state');
  if (kind !== 'log') return;
  const again = piped ? READ_AGAIN.find((flag) => isGiven(flag, flags)) : undefined;
  if (again !== undefined)
    throw unused(`${NAMES[again]} reads a bundle more than once, and a pipe is read once: save it as a file`);
  if (flags.database !== undefined && !isMongodbUrl(location))
    throw unused('--database is about a mongodb:// URL');
  const whose = (['policy', 'key'] as const).find((flag) => isGiven(flag, flags));
  if (whose !== undefined && flags.checkpoint === undefined)
    throw unused(`${NAMES[whose]} is about a signed checkpoint: name it with --checkpoint`);
  if (flags.checkpoint !== undefined && flags.state !== undefined)
    throw unused('give either --checkpoint or --state');
}

function isGiven(flag: Flag, flags: VerifyFlags): boolean {
  return flag === 'leaves' ? !flags.leaves : flags[flag] !== undefined;
}

function unused(why: string): SealtrailError {
  return new SealtrailError('config_invalid', why);
}
