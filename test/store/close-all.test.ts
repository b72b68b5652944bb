import { closeAll } from '@sealtrail/store';
import { expect, it } from 'vitest';

it('closes everything in its order, and tells of the first that could not be', async () => {
  const closed: string[] = [];
  const one = (name: string, fault?: string) => async () => {
    closed.push(name);
    if (fault !== undefined) throw new Error(fault);
  };
  const closing = closeAll([
    one('runs', 'cannot be stopped'),
    () => {
      closed.push('publisher');
      throw new Error('is closed already');
    },
    one('log'),
    one('store'),
  ]);
  await expect(closing).rejects.toThrow('cannot be stopped');
  expect(closed).toEqual(['runs', 'publisher', 'log', 'store']);
  await closeAll([]);
});
