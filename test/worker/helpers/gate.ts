import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';

/** A way to a real server that can be shut: what is behind it looks like a server that went down. */
export class Gate {
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  #held: Socket[] | undefined;
  #server: Server | undefined;
  #port = 0;

  constructor(url: string) {
    this.#target = new URL(url);
  }

  /** The server's URL, through the gate. Valid once the gate was open for the first time. */
  get url(): string {
    const url = new URL(this.#target);
    url.host = `127.0.0.1:${this.#port}`;
    return url.href;
  }

  #targetPort(): number {
    return Number(this.#target.port || (this.#target.protocol === 'mongodb:' ? 27_017 : 6_379));
  }

  /** Takes a port without letting anybody in. */
  async reserve(): Promise<void> {
    await this.open();
    await this.shut();
  }

  async open(): Promise<void> {
    const server = createServer((client) => {
      const upstream = createConnection(this.#targetPort(), this.#target.hostname);
      for (const [one, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Lets nothing through for a while, on connections that stay: a server that says nothing. */
  hold(): void {
    this.#held = [...this.#sockets];
    for (const socket of this.#held) socket.pause();
  }

  /** Lets through what was held. */
  release(): void {
    for (const socket of this.#held?.splice(0) ?? []) socket.resume();
  }

  async shut(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
