// Builds the screens into web/dist when they are missing or older than their sources. `--force` builds in any case.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

const ROOT = path.resolve(import.meta.dirname, '..');
const DIST = path.join(ROOT, 'web/dist');
const STAMP = path.join(DIST, '.stamp');
const FIRST_SCREEN_LIMIT = 200 * 1024;

/** One hash over every source the bundle is made from, and the lock file that fixes its packages. */
function sourceHash(root: string): string {
  const hash = createHash('sha256');
  const files = globSync(['web/**/*', 'src/kernel/*.ts', 'src/modules/*/core/**/*.ts'], { cwd: root }).filter(
    (file) => !file.startsWith(path.join('web', 'dist')) && !file.includes('.test.') && statSync(path.join(root, file)).isFile(),
  );
  for (const file of [...files, 'package-lock.json'].toSorted()) {
    const full = path.join(root, file);
    if (existsSync(full)) hash.update(file).update('\0').update(readFileSync(full)).update('\0');
  }
  return hash.digest('hex');
}

/** `fresh`: nothing to do. `absent`: vite is not installed, so there is nothing to build with. */
export type BuildResult = 'fresh' | 'built' | 'absent';

export async function buildWeb(options: { force: boolean; say: (line: string) => void }): Promise<BuildResult> {
  const { force, say } = options;
  const hash = sourceHash(ROOT);
  if (!force && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash) return 'fresh';
  if (!existsSync(path.join(ROOT, 'node_modules/vite/package.json'))) {
    say(
      existsSync(DIST)
        ? 'web: vite is not installed; the screens stay as they were built'
        : 'web: vite is not installed; Nines runs without its screens',
    );
    return 'absent';
  }
  const startedAt = performance.now();
  const fresh = path.join(ROOT, '.tmp', `web-${randomUUID()}`);
  mkdirSync(fresh, { recursive: true });
  const { build } = await import('vite');
  try {
    await build({ configFile: path.join(ROOT, 'web/vite.config.ts'), logLevel: 'warn', build: { outDir: fresh, emptyOutDir: true } });
    writeFileSync(path.join(fresh, '.stamp'), hash);
    // A server that runs meanwhile sees the old screens or the new ones, never half of each.
    swap(fresh);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  say(`web: built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s; ${sizes()}`);
  return 'built';
}

function swap(fresh: string): void {
  const old = `${fresh}-old`;
  try {
    if (existsSync(DIST)) renameSync(DIST, old);
    renameSync(fresh, DIST);
  } catch (error) {
    // Two builds ended at once: the other one's screens are in place, and they are as new as these.
    if (!existsSync(STAMP)) throw error;
  }
  rmSync(old, { recursive: true, force: true });
}

function gzipped(file: string): number {
  return gzipSync(readFileSync(path.join(DIST, file)), { level: 9 }).length;
}

/** What a first visit loads: the scripts that index.html names, and whatever these import at once. */
function firstScreen(): string[] {
  const html = readFileSync(path.join(DIST, 'index.html'), 'utf8');
  const queue = [...html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].flatMap((match) => match[1] ?? []);
  const seen = new Set<string>();
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const code = readFileSync(path.join(DIST, file), 'utf8');
    for (const match of code.matchAll(/(?:^|[;}\n])\s*import\s*(?:[\w*{][^;'"]*from\s*)?["']\.\/([^"']+\.js)["']/g))
      if (match[1] !== undefined) queue.push(`assets/${match[1]}`);
  }
  return [...seen];
}

function sizes(): string {
  const kB = (bytes: number) => `${(bytes / 1024).toFixed(0)} kB`;
  const first = firstScreen().reduce((sum, file) => sum + gzipped(file), 0);
  const assets = readdirSync(path.join(DIST, 'assets'));
  const all = assets.filter((file) => file.endsWith('.js')).reduce((sum, file) => sum + gzipped(`assets/${file}`), 0);
  const css = assets.filter((file) => file.endsWith('.css')).reduce((sum, file) => sum + gzipped(`assets/${file}`), 0);
  const over = first > FIRST_SCREEN_LIMIT ? `, OVER the limit of ${kB(FIRST_SCREEN_LIMIT)}` : '';
  return `gzipped: first screen ${kB(first)} of script${over}, all scripts ${kB(all)}, styles ${kB(css)}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const result = await buildWeb({ force: process.argv.includes('--force'), say: (line) => console.log(line) });
  if (result === 'fresh') console.log('web: the screens are up to date');
  if (result === 'absent' && process.env.npm_lifecycle_event !== 'prepare') process.exitCode = 1;
}
