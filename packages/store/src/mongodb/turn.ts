import { MessageChannel } from 'node:worker_threads';

const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];
// A listener keeps the process alive; it shall live no longer than what waits here.
port1.on('message', () => {
  if (waiting.length === 1) port1.unref();
  waiting.shift()?.();
});
port1.unref();

/**
 * Calls back in the next turn of the event loop, where sockets that were closed in this one are known to be.
 *
 * Not `setImmediate`: that calls back between the moment in which Node notices that a peer closed a connection and the one in which
 * it says so. The driver (7.9) sends a command over such a connection, and waits for ever.
 */
export function nextTurn(callback: () => void): void {
  waiting.push(callback);
  port1.ref();
  port2.postMessage(null);
}
