import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { EntryRow } from '@sealtrail/format';
import type { Bed } from './beds/bed.ts';
import { TENANT } from './data.ts';
import { type Figure, inTurn } from './measure.ts';

const APPENDER = fileURLToPath(new URL('./appender.js', import.meta.url));
const PROCESSES = [1, 2, 8];
const RAW_AT_ONCE = 64;

/** Several processes at one log, 32 callers in each, against raw writes of the same rows by one process that nobody disturbs. */
export async function benchProcesses(
  bed: Bed,
  rows: readonly EntryRow[],
  rounds: number,
  say: (line: string) => void,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const processes of PROCESSES) {
    const name = `${processes} ${processes === 1 ? 'process' : 'processes'} of 32 callers, 1 tenant`;
    say(`append, ${bed.name}, ${name}`);
    const measured = await inTurn(rounds, () => appendBy(bed, processes, rows.length), {
      [bed.rawName(RAW_AT_ONCE)]: () => bed.rawInsert(rows, RAW_AT_ONCE, 1),
    });
    figures.push({ part: 'append', store: bed.name, name, ...measured, notes: {} });
  }
  return figures;
}

async function appendBy(bed: Bed, processes: number, entries: number): Promise<number> {
  const { store, location, drop } = await bed.fresh();
  await store.register(TENANT);
  const share = Math.ceil(entries / processes);
  const children = Array.from({ length: processes }, (_, i) => {
    const child = spawn(process.execPath, [APPENDER, location, String(i * share), String(share)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    return {
      child,
      lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](),
      ended: once(child, 'close'),
    };
  });
  for (const { lines } of children) await lines.next();
  for (const { child } of children) child.stdin.write('go\n');
  const times = await Promise.all(
    children.map(async ({ lines, ended }) => {
      const { value } = await lines.next();
      const [code] = (await ended) as [number | null];
      if (code !== 0) throw new Error(`an appending process ended with ${code}`);
      return JSON.parse(String(value)) as { start: number; end: number };
    }),
  );
  await drop();
  const ms = Math.max(...times.map(({ end }) => end)) - Math.min(...times.map(({ start }) => start));
  return (share * processes * 1_000) / ms;
}
