import { dirname } from 'node:path';
import { SealtrailError } from '@sealtrail/format';

interface SystemError extends NodeJS.ErrnoException {
  readonly address?: string;
  readonly port?: number;
}

// What the operating system refuses, by its code, in words for whoever gave the path or the address.

const OF_PATHS: Readonly<Record<string, (path: string, syscall?: string) => string>> = {
  ENOENT: (path) => `there is no ${path}`,
  EEXIST: (path, syscall) => `${path} is there already${syscall === 'mkdir' ? ', and is no folder' : ''}`,
  ENOTDIR: (path) => `${path} leads through something that is no folder`,
  EISDIR: (path) => `${path} is a folder`,
  EACCES: (path) => `${path} is not yours to use`,
  EPERM: (path) => `${path} is not yours to use`,
  EROFS: (path) => `${path} is on a disk that cannot be written`,
  ENOSPC: (path) => `the disk of ${path} is full`,
};

const OF_ADDRESSES: Readonly<Record<string, (address: string) => string>> = {
  EADDRINUSE: (address) => `somebody else listens at ${address}`,
  EADDRNOTAVAIL: (address) => `${address} is no address of this machine`,
  EACCES: (address) => `you may not listen at ${address}`,
};

/** An error of the operating system as one of ours; undefined for any other. */
export function refusalOfSystem(error: unknown): SealtrailError | undefined {
  if (!isSystemError(error)) return undefined;
  const { code: system = 'unknown', syscall } = error;
  const message = told(error) ?? error.message;
  return new SealtrailError('config_invalid', message, { system, syscall }, { cause: error });
}

/**
 * What stands in the way of what was asked for, a file in a folder or a folder with files in it, said of that or of the folder where
 * the folder is what is wrong: nobody knows the names of drafts. Any other error is given back as it is.
 */
export function unwritable(path: string, error: unknown, folder = dirname(path)): unknown {
  if (!isSystemError(error)) return error;
  const { code, syscall, errno } = error;
  const place = OF_FOLDERS.includes(code ?? '') ? folder : path;
  const why = refusalOfSystem(Object.assign(new Error(error.message), { code, syscall, errno, path: place }));
  const message = `cannot write ${path}: ${why?.message ?? error.message}`;
  return new SealtrailError('config_invalid', message, { system: code }, { cause: error });
}

const OF_FOLDERS: readonly string[] = ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS'];

function told({ code = '', syscall, path, address, port }: SystemError): string | undefined {
  if (address !== undefined) return OF_ADDRESSES[code]?.(port === undefined ? address : `${address}:${port}`);
  return path === undefined ? undefined : OF_PATHS[code]?.(path, syscall);
}

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'syscall' in error;
}
