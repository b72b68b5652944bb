import { entryHash } from '@sealtrail/format';
import type { LogSource } from '@sealtrail/verifier/stream';

const BYTES = 32;

/** The hashes of the entries that this browser walked and found in order, one after the other. */
export interface Walked {
  /** Position of the first one. */
  readonly from: number;
  readonly hashes: Uint8Array;
}

/** The hash of the entry that was walked at a position; undefined when none was. */
export function walkedAt({ from, hashes }: Walked, seq: number): string | undefined {
  const at = (seq - from) * BYTES;
  if (at < 0 || at >= hashes.length) return undefined;
  return Array.from(hashes.subarray(at, at + BYTES), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

type Batches = ReturnType<Awaited<ReturnType<LogSource['log']>>['walk']>;

/** A source that notes the hash of each entry which is walked. */
export function noting(source: LogSource): { source: LogSource; hashes: () => Uint8Array<ArrayBuffer> } {
  let noted = new Uint8Array(1_024 * BYTES);
  let end = 0;
  const note = (hash: string): void => {
    if (end === noted.length) {
      const before = noted;
      noted = new Uint8Array(before.length * 2);
      noted.set(before);
    }
    for (let i = 0; i < BYTES; i++) noted[end++] = Number.parseInt(hash.slice(2 * i, 2 * i + 2), 16);
  };
  async function* noteAll(batches: Batches): Batches {
    // Each walk begins anew.
    end = 0;
    for await (const batch of batches) {
      for (const { entry } of batch.entries) note(entryHash(String(entry)));
      yield batch;
    }
  }
  return {
    source: {
      columns: source.columns,
      openings: source.openings,
      logs: () => source.logs(),
      log: async (tenant) => {
        const reader = await source.log(tenant);
        const walk = reader.walk.bind(reader);
        return Object.assign(reader, { walk: (range: Parameters<typeof walk>[0]) => noteAll(walk(range)) });
      },
      close: () => source.close(),
    },
    hashes: () => noted.slice(0, end),
  };
}
