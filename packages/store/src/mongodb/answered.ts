import type { Collection, Document, FindCursor } from 'mongodb';

/** A command that was not answered in time: nobody knows whether the server did it. */
class NoAnswer extends Error {
  constructor(ms: number) {
    super(`no answer within ${ms} ms`);
  }
}

/**
 * Bounds the time that a command may be without an answer. The driver does not: a connection that ends at the wrong moment is
 * waited on for ever, and everything of its log behind it.
 */
export class Answers {
  readonly #ms: number;

  constructor(ms: number) {
    this.#ms = ms;
  }

  /**
   * @param times how many times as long as a command it may take
   * @throws an error that says so when there is no answer in time; what the operation fails with
   */
  within<T>(operation: Promise<T>, times = 1): Promise<T> {
    const ms = times * this.#ms;
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => reject(new NoAnswer(ms)), ms);
      operation.finally(() => clearTimeout(timer)).then(resolve, reject);
    });
  }

  /** All documents of a cursor that has few. @throws as {@link within} */
  all<T>(cursor: FindCursor<T>): Promise<T[]> {
    return this.within(cursor.toArray());
  }

  /** Documents of a cursor, of which each batch is bounded. @throws as {@link within} */
  async *each<T>(cursor: FindCursor<T>): AsyncGenerator<T> {
    try {
      while (await this.within(cursor.hasNext())) yield* cursor.readBufferedDocuments();
    } finally {
      await this.within(cursor.close()).catch(() => {});
    }
  }

  /** A collection whose commands are bounded. Its cursors are not. */
  of<T extends Document>(collection: Collection<T>): Collection<T> {
    return new Proxy(collection, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          const result: unknown = Reflect.apply(member, target, args);
          return result instanceof Promise ? this.within(result) : result;
        };
      },
    });
  }
}
