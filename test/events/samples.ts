import { isSealtrailError } from '@sealtrail/format';

export const agent = { type: 'agent', id: 'assistant', agent_version: '2.1', model: 'example-1' } as const;
export const user = { type: 'user', id: 'u-1', auth_method: 'sso', role: 'manager' } as const;
export const system = { type: 'system', id: 'sweeper' } as const;
export const targets = [{ type: 'deal', id: 'd-1' }];

/** The code and the path of what a call throws. */
export function refusal(call: () => unknown): { code: string; path: unknown } | undefined {
  try {
    call();
  } catch (error) {
    if (!isSealtrailError(error)) throw error;
    return { code: error.code, path: error.detail['path'] };
  }
  return undefined;
}
