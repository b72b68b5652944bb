import { defineAction, openSealtrail, type Sealtrail, type Trail } from '@sealtrail/sdk';
import { openViews, type Views } from '@sealtrail/views';
import { z } from 'zod';

/** Connections of the plugin, opened once for each process. */
export interface Plugin {
  readonly sealtrail: Sealtrail;
  readonly views: Views;
  /** A workspace of Twenty is a tenant. */
  trail(workspaceId: string): Trail;
  close(): Promise<void>;
}

export const setPhone = defineAction({
  name: 'set_phone',
  input: z.strictObject({ person: z.string(), phone: z.string() }),
  targets: ({ person }) => [{ type: 'person', id: person }],
  personal: ['phone'],
  risk: 'medium',
  expires_after_ms: 7 * 24 * 60 * 60 * 1000,
});

export async function openPlugin(location: string): Promise<Plugin> {
  const sealtrail = await openSealtrail({ store: location });
  const views = await openViews({ store: location });
  return {
    sealtrail,
    views,
    trail: (workspaceId) => sealtrail.trail(workspaceId),
    close: async () => {
      await views.close();
      await sealtrail.close();
    },
  };
}
