import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { SealtrailError } from '@sealtrail/format';
import type { Context } from 'hono';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};
/** Text, which compression makes much smaller. */
const COMPRESSED = new Set(['.html', '.js', '.css', '.json', '.svg', '.webmanifest']);
/** Names that the build gives: with a hash of what is in the file. */
const HASHED = /^assets\/.*[-.][A-Za-z0-9_-]{8}\.[a-z0-9]+$/;

/** A file of the console as it is sent. */
interface ConsoleFile {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly gzip?: Uint8Array<ArrayBuffer>;
  readonly immutable: boolean;
}
export type ConsoleFiles = ReadonlyMap<string, ConsoleFile>;

/**
 * Reads the console's files once. What is not in the map is not there: no path of a request ever reaches the file system.
 *
 * @param folder default the files of the package `@sealtrail/console`; `false` for none
 * @throws SealtrailError `config_invalid` for a folder without an `index.html`
 */
export function consoleFiles(folder: string | false | undefined): ConsoleFiles {
  if (folder === false) return new Map();
  const root = folder ?? installed();
  if (root === undefined) return new Map();
  if (!existsSync(join(root, 'index.html'))) {
    if (folder === undefined) return new Map();
    throw new SealtrailError('config_invalid', `there is no index.html in ${root}`);
  }
  const files = new Map<string, ConsoleFile>();
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    const type = TYPES[extname(name)];
    const path = join(root, name);
    if (type === undefined || !statSync(path).isFile()) continue;
    const bytes = new Uint8Array(readFileSync(path));
    const gzip = COMPRESSED.has(extname(name)) ? { gzip: new Uint8Array(gzipSync(bytes)) } : {};
    const url = name.replaceAll(sep, '/');
    files.set(url, { type, bytes, ...gzip, immutable: HASHED.test(url) });
  }
  return files;
}

/** The build of the console's package, if it is installed. */
function installed(): string | undefined {
  try {
    return join(dirname(fileURLToPath(import.meta.resolve('@sealtrail/console/package.json'))), 'dist');
  } catch {
    return undefined;
  }
}

/** @returns undefined when there is no such file */
export function sendFile(context: Context, files: ConsoleFiles, name: string): Response | undefined {
  const file = files.get(name);
  if (file === undefined) return undefined;
  const zipped = file.gzip !== undefined && /\bgzip\b/.test(context.req.header('accept-encoding') ?? '');
  return context.body(zipped && file.gzip !== undefined ? file.gzip : file.bytes, 200, {
    'content-type': file.type,
    'cache-control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    vary: 'accept-encoding',
    ...(zipped ? { 'content-encoding': 'gzip' } : {}),
  });
}

/** What stands where the console would be. */
export const NO_CONSOLE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Sealtrail</title>
<h1>Sealtrail</h1>
<p>The service is running. The console is not installed beside it: install the package @sealtrail/console.</p>
<p>The API is described in <a href="api/v1/openapi.json">api/v1/openapi.json</a>.</p>
</html>
`;
