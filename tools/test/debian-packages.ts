// Programs that tests run beside Nines, as Debian brings them.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

export interface DebianPackage {
  name: string;
  /** A file that tells that it is there. */
  proof: string;
}

/** What speaks Prometheus' API, and the tools that say whether our files and answers are what it takes. */
export const PROMETHEUS_PACKAGES: readonly DebianPackage[] = [
  { name: 'prometheus', proof: '/usr/bin/promtool' },
  { name: 'prometheus-alertmanager', proof: '/usr/bin/amtool' },
  { name: 'victoria-metrics', proof: '/usr/bin/victoria-metrics' },
];

/** Installs what is missing where we may; otherwise returns the sentence that says what to install. */
export function installMissing(packages: readonly DebianPackage[]): string | undefined {
  const missing = packages.filter(({ proof }) => !existsSync(proof)).map(({ name }) => name);
  if (missing.length === 0) return undefined;
  const command = `apt-get install --no-install-recommends ${missing.join(' ')}`;
  const mayInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get') && process.env['NINES_TEST_INSTALL'] !== 'no';
  if (mayInstall) {
    const options = { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const;
    console.log(`installing ${missing.join(', ')}`);
    spawnSync('apt-get', ['update', '-q'], options);
    spawnSync('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...missing], options);
  }
  if (packages.every(({ proof }) => existsSync(proof))) return undefined;
  return `the tests need ${missing.join(', ')}: run "${command}" as root`;
}
