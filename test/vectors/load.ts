import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Path of a known-answer file. */
export function vectorPath(name: string): string {
  return fileURLToPath(new URL(`../../vectors/${name}`, import.meta.url));
}

/** A known-answer file; its shape is described in vectors/README.md. */
export function vectors<T>(name: string): T {
  return JSON.parse(readFileSync(vectorPath(name), 'utf8')) as T;
}
