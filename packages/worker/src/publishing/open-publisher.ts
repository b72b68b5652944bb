import { openKeyFile, Publisher, policySinks, readPolicyFile, readSinks } from '@sealtrail/publisher';
import type { Store } from '@sealtrail/store';
import type { OnceConfig } from '../config/schema.ts';

type PublishConfig = Pick<OnceConfig, 'logFolder' | 'keyFiles' | 'policyFile' | 'sinksFile'>;

/**
 * The publisher that a configuration asks for; undefined for none.
 *
 * @throws SealtrailError `config_invalid`, `key_invalid`, `policy_malformed`, `store_layout`
 */
export async function openPublisher(
  { logFolder, keyFiles, policyFile, sinksFile }: PublishConfig,
  store: Store,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Publisher | undefined> {
  if (logFolder === undefined) return undefined;
  const signers = await Promise.all((keyFiles ?? []).map(openKeyFile));
  const sinks = [
    ...(policyFile === undefined ? [] : policySinks(readPolicyFile(policyFile))),
    ...(sinksFile === undefined ? [] : readSinks(sinksFile, env)),
  ];
  return new Publisher({ store, folder: logFolder, signers, sinks });
}
