import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { SealtrailError } from '@sealtrail/format';
import { pino } from 'pino';
import type { Logger, ServiceOptions } from './options.ts';
import { createService } from './service.ts';

export interface ServeOptions extends ServiceOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

export interface Served {
  readonly host: string;
  readonly port: number;
  /** Takes no more requests, stops what is under way and closes everything. */
  close(): Promise<void>;
}

/**
 * Runs the service on Node's own HTTP server. TLS is the business of what stands before it.
 *
 * @throws SealtrailError as `createService`; `config_invalid` when the address cannot be listened at
 */
export async function serve({ host, port, ...options }: ServeOptions): Promise<Served> {
  const service = await createService(options);
  const server = createAdaptorServer({ fetch: (request, env) => service.fetch(request, env) }) as Server;
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (cause) {
    await service.close();
    throw new SealtrailError('config_invalid', `cannot listen at ${host}:${port}`, {}, { cause });
  }
  const { address, port: bound } = server.address() as AddressInfo;
  return {
    host: address,
    port: bound,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      // Runs end first, so that whoever watches one is told.
      await service.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** As much is kept of what cannot be written, in bytes. */
const KEPT = 1_048_576;

/**
 * Lines of JSON on standard error: standard output is for the person who starts it. While they cannot be written (a full disk)
 * the newest are lost, and the service goes on.
 */
export function createLogger(): Logger {
  const output = pino.destination({ fd: 2, sync: true, maxLength: KEPT });
  // Without this an error would end the process.
  output.on('error', () => {});
  return pino(
    {
      level: 'info',
      base: { service: 'sealtrail-console', pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    output,
  );
}
