import type { Progress } from '../report.ts';
import { number } from '../words.ts';
import { printable } from './printable.ts';

const MIN_INTERVAL_MS = 100;
const BAR = 24;

/** Draws progress on one line of a terminal, and removes it again. Does nothing elsewhere. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #enabled: boolean;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #startedAt = performance.now();
  #tenant = '';

  constructor(stream: NodeJS.WriteStream, enabled: boolean) {
    this.#stream = stream;
    this.#enabled = enabled && stream.isTTY === true;
  }

  draw({ tenant, walked, total }: Omit<Progress, 'position'>): void {
    if (!this.#enabled) return;
    const now = performance.now();
    if (tenant !== this.#tenant) {
      this.#tenant = tenant;
      this.#startedAt = now;
    }
    if (now - this.#drawnAt < MIN_INTERVAL_MS) return;
    this.#drawnAt = now;
    const rate = number(Math.round((walked * 1000) / Math.max(1, now - this.#startedAt)));
    const share = total === null || total <= 0 ? undefined : Math.min(1, walked / total);
    const bar = share === undefined ? '' : `${'#'.repeat(Math.round(share * BAR)).padEnd(BAR, '.')} `;
    const text = `${printable(tenant)}  ${bar}${number(walked)} entries, ${rate}/s`;
    this.#stream.write(`\r\x1b[2K${text.slice(0, (this.#stream.columns ?? 80) - 1)}`);
  }

  clear(): void {
    if (this.#enabled) this.#stream.write('\r\x1b[2K');
  }
}
