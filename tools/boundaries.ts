// Who may import whom: the table of docs/architecture.md, row by row, as one pure function over import specifiers.
import { type Finding, findImports, isTest, resolveImport, type Source, type Target, withoutComments } from './scan.ts';

/** Lowest first: a module knows only those before it. */
export const MODULES = (
  'identity jobs catalog changes notify oncall alerts signals slo escalation incidents statuspage ' +
  'runbooks postmortems releases resilience capacity toil reports'
).split(' ');

const LARGEST_FOLDER = 15;
const LONGEST_DOOR = 40;
const KERNEL_PACKAGES = ['zod', 'temporal-polyfill'];

type Layer = 'kernel' | 'core' | 'contract' | 'module' | 'provider' | 'platform' | 'cli' | 'cli/local' | 'web' | 'demo' | 'free';

interface Place {
  layer: Layer;
  /** What relative imports may not leave: `src/modules/slo`, `src/kernel`, `web`. */
  unit: string;
  module?: string;
}

/** Contracts that belong to no module. */
const LONE_CONTRACTS = ['src/contracts.ts', 'src/demo/contract.ts'];

function placeOf(file: string): Place {
  const parts = file.split('/');
  if (parts[0] === 'web') return { layer: isTest(file) || file.endsWith('.config.ts') ? 'free' : 'web', unit: 'web' };
  if (LONE_CONTRACTS.includes(file)) return { layer: 'contract', unit: file };
  if (parts[0] !== 'src') return { layer: 'free', unit: parts[0] ?? '' };
  const area = parts[1] ?? '';
  const unit = area === 'modules' || area === 'providers' ? parts.slice(0, 3).join('/') : parts.slice(0, 2).join('/');
  if (isTest(file)) return { layer: 'free', unit };
  if (area === 'modules') return { layer: layerOf(parts[3] ?? ''), unit, module: parts[2] ?? '' };
  if (area === 'cli') return { layer: parts[2] === 'local' ? 'cli/local' : 'cli', unit };
  if (area === 'kernel' || area === 'platform' || area === 'demo') return { layer: area, unit };
  return { layer: area === 'providers' ? 'provider' : 'free', unit };
}

function layerOf(part: string): Layer {
  return part === 'core' ? 'core' : part === 'contract.ts' ? 'contract' : 'module';
}

export function checkBoundaries(sources: readonly Source[]): Finding[] {
  const code = sources.filter((source) => /\.(tsx?|cjs)$/.test(source.path));
  return [...code.flatMap(checkFile), ...checkFolders(sources)];
}

function checkFile(source: Source): Finding[] {
  const from = placeOf(source.path);
  const isDoor = /^src\/modules\/[^/]+\/index\.ts$/.test(source.path);
  const findings: Finding[] = [];
  for (const found of findImports(source)) {
    const target = resolveImport(source.path, found.specifier);
    const at = { path: source.path, line: found.line };
    if (found.specifier.startsWith('.') && target.kind === 'file' && !`${target.path}/`.startsWith(`${from.unit}/`)) {
      findings.push({ ...at, message: `the relative import ${found.specifier} leaves ${from.unit}: write it with #` });
    }
    const reason = refusal(from, target);
    if (reason !== undefined) findings.push({ ...at, message: `${from.layer} may not import ${found.specifier}: ${reason}` });
    if (found.isExport && (!isDoor || found.names.includes('*'))) {
      findings.push({ ...at, message: isDoor ? 'a door re-exports by name' : 'only the door of a module (index.ts) re-exports' });
    }
  }
  if (isDoor && longDoor(source)) findings.push({ path: source.path, line: 1, message: `a door has at most ${LONGEST_DOOR} lines` });
  return findings;
}

function longDoor(source: Source): boolean {
  return (
    withoutComments(source.text)
      .split('\n')
      .filter((line) => line.trim() !== '').length > LONGEST_DOOR
  );
}

/** Why this import is not allowed; undefined when it is. One case per row of the table. */
function refusal(from: Place, target: Target): string | undefined {
  if (from.layer === 'free') return undefined;
  if (target.kind === 'node') return ['kernel', 'core', 'contract', 'web'].includes(from.layer) ? 'it runs without Node' : undefined;
  if (target.kind === 'npm') {
    return ['kernel', 'core', 'contract'].includes(from.layer) && !KERNEL_PACKAGES.includes(target.name)
      ? 'only zod and the time-zone library'
      : undefined;
  }
  const to = placeOf(target.path);
  if (to.layer === 'kernel' || (to.unit === from.unit && from.layer !== 'core' && from.layer !== 'contract')) return undefined;
  const row: Row = ROWS[from.layer] ?? (() => `${from.layer} does not know ${to.unit}`);
  return row({ from, to, path: target.path, file: target.path.split('/').slice(3).join('/'), isOwn: to.unit === from.unit });
}

interface Crossing {
  from: Place;
  to: Place;
  path: string;
  /** The path inside its unit: `index.ts`, `port.ts`. */
  file: string;
  isOwn: boolean;
}

type Row = (crossing: Crossing) => string | undefined;

const isHttpClient = ({ path }: Crossing) => /^src\/platform\/http-client(\/|\.ts$)/.test(path);
const isConfig = ({ path }: Crossing) => path === 'src/platform/config.ts';

const cli: Row = (crossing) =>
  crossing.to.layer === 'contract' || isHttpClient(crossing) || isConfig(crossing)
    ? undefined
    : 'the CLI speaks through contracts; only cli/local starts the app';

/** What each layer may take from outside its own unit, the kernel apart. */
const ROWS: Partial<Record<Layer, Row>> = {
  core: ({ to, isOwn }) => (isOwn && to.layer === 'core' ? undefined : 'a core knows its own core and the kernel'),
  contract({ from, to, isOwn }) {
    if (isOwn) return to.layer === 'core' ? undefined : 'a contract knows the schemas of its own core';
    // The list of all contracts belongs to no module.
    return to.layer === 'contract' && (from.module === undefined || isEarlier(to, from))
      ? undefined
      : "a contract knows earlier modules' contracts";
  },
  module({ from, to, file }) {
    if (to.layer === 'platform') return undefined;
    if (to.module === undefined) return 'a module knows itself, the kernel, the platform and earlier doors';
    if (file !== 'index.ts') return `enter ${to.module} by its door, index.ts`;
    return isEarlier(to, from) ? undefined : `${to.module} does not come before ${from.module ?? ''}`;
  },
  provider: (crossing) =>
    crossing.to.layer === 'module' && crossing.file === 'port.ts'
      ? undefined
      : isHttpClient(crossing)
        ? undefined
        : "a provider knows a module's port.ts and platform/http-client",
  cli,
  'cli/local': (crossing) => (crossing.to.unit === 'src/app' ? undefined : cli(crossing)),
  web: ({ to }) => (to.layer === 'contract' || to.layer === 'core' ? undefined : 'the web app knows contracts and cores'),
  demo: ({ to }) => (to.layer === 'contract' ? undefined : 'the demo talks to Nines over HTTP'),
};

function isEarlier(to: Place, from: Place): boolean {
  const earlier = MODULES.indexOf(to.module ?? '');
  return earlier >= 0 && earlier < MODULES.indexOf(from.module ?? '');
}

function checkFolders(sources: readonly Source[]): Finding[] {
  const sizes = Map.groupBy(sources, (source) => source.path.split('/').slice(0, -1).join('/'));
  return [...sizes].flatMap(([folder, files]) => {
    if (!/^(src|web|tools|bench)(\/|$)/.test(folder) || files.length <= LARGEST_FOLDER) return [];
    return [{ path: folder, line: 0, message: `holds ${files.length} files, at most ${LARGEST_FOLDER}: split it by topic` }];
  });
}
