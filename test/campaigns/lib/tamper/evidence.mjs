// @ts-check
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSealtrailError } from '@sealtrail/format';
import { readEvidence, verifyEvidence } from '@sealtrail/verifier';

/**
 * What evidence proves: what was proved and how much of it is shown. Without a policy or a seal that was noted elsewhere it agrees with
 * itself and no more, so that is what a change of it is held against.
 *
 * @param {string} folder
 * @param {readonly string[]} lines
 * @param {import('@sealtrail/verifier').ProofTrust} [trust]
 * @returns {Promise<{ readonly status: string, readonly proved: string, readonly disclosed: number, readonly lines: readonly string[],
 *   readonly seal: import('@sealtrail/verifier').TrustedSeal | undefined }>}
 */
export async function evidenceVerdict(folder, lines, trust = {}) {
  const path = join(folder, 'evidence');
  await writeFile(path, `${lines.join('\n')}\n`);
  try {
    const { status, tenant, record, entries, seal, covered, checkpoint, disclosed } = verifyEvidence(
      await readEvidence(path),
      trust,
    );
    return {
      status,
      proved: JSON.stringify({ tenant, record, entries, seal, covered, checkpoint }),
      disclosed,
      lines,
      seal: seal ?? undefined,
    };
  } catch (error) {
    if (!isSealtrailError(error)) throw error;
    return { status: error.code, proved: '', disclosed: 0, lines, seal: undefined };
  }
}
