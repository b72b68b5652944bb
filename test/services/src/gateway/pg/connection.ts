import { connect, type Socket } from 'node:net';
import { Frames } from '../frames.ts';
import * as messages from './messages.ts';

export class PgError extends Error {
  /** Five characters, for example 23505. */
  readonly sqlState: string;
  readonly constraint: string | undefined;

  constructor(report: Map<string, string>) {
    super(report.get('M') ?? 'PostgreSQL reported an error without a text');
    this.name = 'PgError';
    this.sqlState = report.get('C') ?? 'XX000';
    this.constraint = report.get('n');
  }
}

/** The connection is gone; whether the statement under way took effect is unknown. */
export class PgGone extends Error {
  override name = 'PgGone';
}

interface Waiting {
  rows: messages.Row[];
  failure: PgError | undefined;
  resolve: (rows: messages.Row[]) => void;
  reject: (reason: Error) => void;
}

/**
 * One connection to PostgreSQL. Written here because the usual client has no binary results, and results are
 * whole BSON pages that must not pass through text. Trusts the server: for a private socket only.
 */
export class PgConnection {
  readonly #socket: Socket;
  readonly #frames = new Frames(5, (header) => header.readInt32BE(1) + 1);
  readonly #statements = new Map<string, string>();
  readonly #waiting: Waiting[] = [];
  #parsed = 0;
  #gone: PgGone | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => {
      for (const frame of this.#frames.push(chunk)) this.#receive(frame);
    });
    socket.on('error', (error) => this.#end(error.message));
    socket.on('close', () => this.#end('closed by the server'));
  }

  static async open(path: string, settings: Record<string, string>): Promise<PgConnection> {
    const connection = new PgConnection(connect({ path }));
    await connection.#ask([messages.startup(settings)]);
    return connection;
  }

  get usable(): boolean {
    return this.#gone === undefined;
  }

  /** Runs one statement with parameters; it is parsed once for each connection. */
  async query(sql: string, parameters: readonly messages.Parameter[]): Promise<messages.Row[]> {
    const known = this.#statements.get(sql);
    if (known !== undefined) return this.#ask([messages.bind(known, parameters), messages.EXECUTE_AND_SYNC]);

    // A failure may lie in the parsing or behind it: only success tells that the name stands, so none is reused.
    const name = `s${this.#parsed++}`;
    const rows = await this.#ask([
      messages.parse(name, sql),
      messages.bind(name, parameters),
      messages.EXECUTE_AND_SYNC,
    ]);
    this.#statements.set(sql, name);
    return rows;
  }

  /** Runs statements without parameters, several at once if separated by semicolons. */
  async run(sql: string): Promise<void> {
    await this.#ask([messages.simpleQuery(sql)]);
  }

  close(): void {
    if (this.#gone === undefined) this.#socket.end(messages.TERMINATE);
  }

  #ask(parts: Buffer[]): Promise<messages.Row[]> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ rows: [], failure: undefined, resolve, reject });
      this.#socket.cork();
      for (const part of parts) this.#socket.write(part);
      this.#socket.uncork();
    });
  }

  #receive(frame: Buffer): void {
    const waiting = this.#waiting[0];
    switch (String.fromCharCode(frame[0]!)) {
      case 'D':
        waiting?.rows.push(messages.readRow(frame));
        break;
      case 'E':
        if (waiting) waiting.failure ??= new PgError(messages.readReport(frame));
        break;
      case 'Z':
        this.#waiting.shift();
        if (waiting?.failure) waiting.reject(waiting.failure);
        else waiting?.resolve(waiting.rows);
        break;
      default: // notices, parameter values and the steps of a statement need no answer
        break;
    }
  }

  #end(reason: string): void {
    if (this.#gone !== undefined) return;
    this.#gone = new PgGone(`The connection to PostgreSQL is gone: ${reason}`);
    for (const waiting of this.#waiting.splice(0)) waiting.reject(waiting.failure ?? this.#gone);
  }
}
