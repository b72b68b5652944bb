// @ts-check
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** Fewer bytes than any insert of entries has: heartbeats and look-ups are let through. */
const WRITE_BYTES = 600;

/**
 * Where a connection is cut: before the server saw a write, in the middle of it, or after the server did it and before whoever
 * asked for it hears of it.
 *
 * @typedef {'before' | 'within' | 'after'} Cut
 */

/** Stands between writers and MongoDB, and cuts connections in the middle of writes. */
export class CuttingProxy {
  /** How often each cut struck. @type {Record<Cut, number>} */
  struck = { before: 0, within: 0, after: 0 };
  /** @type {Cut | undefined} */
  #armed;
  /** @type {import('node:net').Server} */
  #server;
  /** @type {Set<import('node:net').Socket>} */
  #sockets = new Set();

  /** @param {{ readonly host: string, readonly port: number }} target */
  constructor(target) {
    this.#server = createServer((client) => this.#accept(client, connect(target)));
  }

  /** @param {string} url of a MongoDB server */
  static async before(url) {
    const { hostname, port } = new URL(url);
    const proxy = new CuttingProxy({ host: hostname, port: Number(port) });
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** The same URL through the proxy. @param {string} url */
  through(url) {
    const address = /** @type {import('node:net').AddressInfo} */ (this.#server.address());
    const changed = new URL(url);
    changed.port = String(address.port);
    changed.searchParams.set('directConnection', 'true');
    return changed.href;
  }

  /** The next write that comes by is cut. @param {Cut} how */
  arm(how) {
    this.#armed = how;
  }

  async close() {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /**
   * @param {import('node:net').Socket} client
   * @param {import('node:net').Socket} server
   */
  #accept(client, server) {
    let isDeaf = false;
    const cut = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', cut);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        cut();
      });
    }
    client.on('data', (chunk) => {
      const how = chunk.length >= WRITE_BYTES ? this.#armed : undefined;
      if (how === undefined) return void server.write(chunk);
      this.#armed = undefined;
      this.struck[how]++;
      if (how === 'before') return cut();
      if (how === 'within') {
        server.write(chunk.subarray(0, chunk.length >> 1), cut);
        return;
      }
      isDeaf = true;
      server.write(chunk);
    });
    server.on('data', (chunk) => {
      if (isDeaf) cut();
      else client.write(chunk);
    });
  }
}
