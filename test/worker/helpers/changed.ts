import type { Store } from '@sealtrail/store';

/** The real store with a few methods replaced. */
export function changed(store: Store, methods: Partial<Store>): Store {
  return new Proxy(store, {
    get: (target, name) => {
      const replaced = methods[name as keyof Store];
      if (replaced !== undefined) return replaced;
      const value = target[name as keyof Store];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
