import { setImmediate as turn } from 'node:timers/promises';
import type { Store } from '@sealtrail/store';

/**
 * The store, with a turn of the event loop before each segment, for which the last anchor is read. A SQLite store does its
 * work synchronously: without this a long backlog would keep signals, lock renewal, health checks and, inline, the whole
 * application waiting to its end.
 */
export function withTurns(store: Store): Store {
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'lastAnchor') {
        return async (tenant: string) => {
          await turn();
          return target.lastAnchor(tenant);
        };
      }
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
