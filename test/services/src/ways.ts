/** One service as some way brought it up. */
export interface Found {
  url: string;
  /** Which way it was. */
  kind: string;
  stop: () => Promise<void>;
  /**
   * Kills the server without warning and starts it again, at the same address and on the same data; with `lose` on none. Absent for
   * a server that is somebody else's.
   */
  crash?: (options?: CrashOptions) => Promise<void>;
}

export interface CrashOptions {
  /** How long the server is away, in milliseconds. */
  readonly awayMs?: number;
  /** Whether its data is lost as well. */
  readonly lose?: boolean;
}

export interface Way {
  name: string;
  /** If this fails no other way is tried: someone has asked for it by name. */
  decisive?: boolean;
  /** Resolves to undefined if the way does not apply here, with the reason given to `skip`. */
  start: (skip: (reason: string) => undefined, log: (line: string) => void) => Promise<Found | undefined>;
}

/** No way led to a service. */
export class ServicesUnavailable extends Error {
  /** One line for each way tried. */
  readonly reasons: string[];

  constructor(service: string, reasons: string[]) {
    super(`No ${service} could be found or started:\n${reasons.map((reason) => `  ${reason}`).join('\n')}`);
    this.name = 'ServicesUnavailable';
    this.reasons = reasons;
  }
}

export async function firstThatWorks(
  service: string,
  ways: readonly Way[],
  log: (line: string) => void,
): Promise<Found> {
  const reasons: string[] = [];
  for (const way of ways) {
    let skipped: string | undefined;
    const skip = (reason: string): undefined => {
      skipped = reason;
    };
    try {
      const found = await way.start(skip, log);
      if (found) {
        log(`${service}: ${found.kind} at ${found.url}`);
        return found;
      }
      reasons.push(`${way.name}: ${skipped ?? 'does not apply here'}`);
    } catch (error) {
      const reason = `${way.name}: ${(error as Error).message.replaceAll('\n', ' ')}`;
      log(`${service}: ${reason}`);
      reasons.push(reason);
      if (way.decisive === true) break;
    }
  }
  throw new ServicesUnavailable(service, reasons);
}
