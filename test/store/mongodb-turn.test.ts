import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { nextTurn } from '../../packages/store/src/mongodb/turn.ts';

it('a turn later, a connection that was closed in this one is known to be, and not before', async () => {
  const server = createServer((peer) => peer.write('x')).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  for (let i = 0; i < 20; i++) {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const seen = await new Promise<string[]>((resolve) => {
      const order: string[] = [];
      socket.once('close', () => order.push('closed'));
      socket.once('data', () => {
        socket.destroy();
        setImmediate(() => order.push('immediate'));
        nextTurn(() => {
          order.push('turn');
          resolve(order);
        });
      });
    });
    expect(seen).toEqual(['immediate', 'closed', 'turn']);
  }
});

it('calls back in the order in which it was asked, and as often', async () => {
  const order: number[] = [];
  await new Promise<void>((resolve) => {
    for (let i = 0; i < 5; i++) nextTurn(() => void order.push(i));
    nextTurn(() => nextTurn(resolve));
  });
  expect(order).toEqual([0, 1, 2, 3, 4]);
});
