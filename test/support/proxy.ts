import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { BSON } from 'mongodb';
import { onTestFinished } from 'vitest';

/** A command on its way from the driver to the server, with the documents that it inserts or updates. */
export type Command = BSON.Document;

/**
 * What becomes of a command:
 * - `pass`: it goes through, and its answer too
 * - `lose`: the connection breaks before the server sees it
 * - `deafen`: the server does it, and the connection breaks before the answer comes back
 * - `delay`: the connection breaks at once, and the server gets the command when {@link FaultProxy.deliver} is called
 */
export type Fate = 'pass' | 'lose' | 'deafen' | 'delay';

// The driver itself tries a write twice: three breaks in a row are an error that it reports.
const FATES = [
  ['lose', 1],
  ['lose', 3],
  ['deafen', 1],
  ['deafen', 3],
  ['delay', 3],
] as const satisfies readonly (readonly [Fate, number])[];

/** Rows of a table of tests: each kind of write with each fate, and how often in a row it meets it. */
export function eachFate(writes: readonly string[]) {
  return writes.flatMap((what) => FATES.map((fate) => [what, ...fate] as const));
}

interface Gate {
  readonly choose: (command: Command) => boolean;
  readonly reach: () => void;
  readonly gate: Promise<void>;
}

/** Stands between the driver and a MongoDB server, and breaks connections at commands that a test chooses. */
export class FaultProxy {
  /** Decides about each command; commands of the handshake are not asked about. */
  rule: (command: Command) => Fate = () => 'pass';
  /** How many connections were broken. */
  broken = 0;
  readonly #server: Server;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  readonly #delayed: Buffer[] = [];
  readonly #gates: Gate[] = [];
  #refusing = false;
  #silent = false;

  private constructor(target: { host: string; port: number }) {
    this.#target = target;
    this.#server = createServer((client) => this.#accept(client));
  }

  /** Starts a proxy before the server of a URL. It ends with the test. */
  static async before(url: string): Promise<FaultProxy> {
    const [, host = '', port = '27017'] = /^mongodb:\/\/(?:[^@/]*@)?([^:/,]+)(?::(\d+))?/.exec(url) ?? [];
    const proxy = new FaultProxy({ host, port: Number(port) });
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    onTestFinished(() => proxy.#close());
    return proxy;
  }

  /** The same URL through the proxy. */
  through(url: string): string {
    const { port } = this.#server.address() as AddressInfo;
    const [, start = '', end = ''] = /^(mongodb:\/\/(?:[^@/]*@)?)[^/?]+(.*)$/.exec(url) ?? [];
    const path = end.startsWith('/') ? end : `/${end}`;
    return `${start}127.0.0.1:${port}${path}${path.includes('?') ? '&' : '?'}directConnection=true`;
  }

  /** Breaks a number of commands that a test chooses, and lets everything else through. */
  breakNext(fate: Exclude<Fate, 'pass'>, times: number, choose: (command: Command) => boolean): void {
    let left = times;
    this.rule = (command) => (left > 0 && choose(command) && left-- > 0 ? fate : 'pass');
  }

  /** Holds the next chosen command up on its way to the server, until it is released. */
  hold(choose: (command: Command) => boolean): { readonly reached: Promise<void>; release(): void } {
    let reach = () => {};
    let release = () => {};
    const reached = new Promise<void>((resume) => {
      reach = resume;
    });
    const gate = new Promise<void>((resume) => {
      release = resume;
    });
    this.#gates.push({ choose, reach, gate });
    return { reached, release: () => release() };
  }

  /** Breaks every connection, and refuses new ones until {@link allow}. */
  refuse(): void {
    this.#refusing = true;
    for (const pair of this.#pairs) this.#break(pair);
  }

  allow(): void {
    this.#refusing = false;
  }

  /** Lets nothing through any more, in no direction, and closes nothing: a network that swallows everything. */
  silence(): void {
    this.#silent = true;
  }

  /** Gives the server what was delayed, in order; waits for its answers. */
  async deliver(): Promise<void> {
    for (const message of this.#delayed.splice(0)) {
      const server = connect(this.#target);
      server.write(message);
      await once(server, 'data');
      server.destroy();
    }
  }

  #accept(client: Socket): void {
    if (this.#refusing) {
      client.destroy();
      return;
    }
    const server = connect(this.#target);
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    let deaf = false;
    for (const socket of pair) {
      socket.on('error', () => this.#end(pair));
      socket.on('close', () => this.#end(pair));
    }
    eachMessage(client, (message) => {
      if (this.#silent) return;
      const command = commandOf(message);
      const fate =
        command === undefined || 'hello' in command || 'ismaster' in command ? 'pass' : this.rule(command);
      if (fate === 'delay') this.#delayed.push(message);
      if (fate === 'delay' || fate === 'lose') {
        this.#break(pair);
        return;
      }
      if (fate === 'deafen') deaf = true;
      const at = this.#gates.findIndex(({ choose }) => command !== undefined && choose(command));
      const [held] = at === -1 ? [] : this.#gates.splice(at, 1);
      if (held === undefined) server.write(message);
      else {
        held.reach();
        // The driver waits for the answer before it sends anything else on this connection.
        void held.gate.then(() => server.write(message));
      }
    });
    eachMessage(server, (message) => {
      if (deaf) this.#break(pair);
      else if (!this.#silent) client.write(message);
    });
  }

  #break(pair: readonly [Socket, Socket]): void {
    this.broken++;
    this.#end(pair);
  }

  #end(pair: readonly [Socket, Socket]): void {
    this.#pairs.delete(pair);
    for (const socket of pair) socket.destroy();
  }

  async #close(): Promise<void> {
    for (const pair of this.#pairs) this.#end(pair);
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }
}

/** Cuts a stream into the messages of MongoDB's protocol, each of which begins with its length. */
function eachMessage(socket: Socket, take: (message: Buffer) => void): void {
  let rest = Buffer.alloc(0);
  socket.on('data', (data) => {
    rest = Buffer.concat([rest, data as Buffer]);
    while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
      const message = rest.subarray(0, rest.readInt32LE(0));
      rest = rest.subarray(message.length);
      if (!socket.destroyed) take(message);
    }
  });
}

const OP_MSG = 2013;

/** The command in an OP_MSG, its document sequences spliced in; undefined for messages of the older kind. */
function commandOf(message: Buffer): Command | undefined {
  if (message.readInt32LE(12) !== OP_MSG) return undefined;
  let command: Command = {};
  const sequences: Command = {};
  for (let at = 20; at < message.length - 4; ) {
    const kind = message[at++];
    const size = message.readInt32LE(at);
    if (kind === 0) command = BSON.deserialize(message.subarray(at, at + size));
    else {
      const nameEnd = message.indexOf(0, at + 4);
      const documents: BSON.Document[] = [];
      for (let from = nameEnd + 1; from < at + size; from += message.readInt32LE(from)) {
        documents.push(BSON.deserialize(message.subarray(from, from + message.readInt32LE(from))));
      }
      sequences[message.toString('utf8', at + 4, nameEnd)] = documents;
    }
    at += size;
  }
  return { ...command, ...sequences };
}
