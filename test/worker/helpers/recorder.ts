import type { Logger } from '@sealtrail/worker';

export interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A logger that remembers. */
export class Recorder implements Logger {
  readonly lines: Line[] = [];

  debug(fields: object, message: string): void {
    this.#add('debug', fields, message);
  }
  info(fields: object, message: string): void {
    this.#add('info', fields, message);
  }
  warn(fields: object, message: string): void {
    this.#add('warn', fields, message);
  }
  error(fields: object, message: string): void {
    this.#add('error', fields, message);
  }

  at(level: string): Line[] {
    return this.lines.filter((line) => line.level === level);
  }

  #add(level: string, fields: object, message: string): void {
    this.lines.push({ level, message, fields: { ...fields } });
  }
}
