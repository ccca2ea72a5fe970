import { describe, expect, it } from 'vitest';
import { checkBoundaries } from './boundaries.ts';

// One line per row of the table: a file, what it may import, what it may not.
const ROWS: [row: string, file: string, allowed: string[], forbidden: string[]][] = [
  [
    'kernel',
    'src/kernel/a.ts',
    ['./b.ts', '#kernel/b.ts', 'zod', 'temporal-polyfill'],
    ['node:fs', '#platform/log.ts', '#modules/slo/index.ts', 'pg'],
  ],
  [
    'core',
    'src/modules/slo/core/a.ts',
    ['./b.ts', '#modules/slo/core/deep/b.ts', '#kernel/b.ts', 'zod'],
    ['../store.ts', '#modules/signals/index.ts', '#modules/signals/core/a.ts', '#platform/clock.ts', 'node:crypto', 'kysely'],
  ],
  [
    'contract',
    'src/modules/slo/contract.ts',
    ['#kernel/b.ts', 'zod', './core/a.ts', '#modules/signals/contract.ts'],
    ['./store.ts', './objective.ts', '#platform/log.ts', '#modules/incidents/contract.ts', '#modules/signals/index.ts', 'pg'],
  ],
  [
    'module',
    'src/modules/slo/store.ts',
    [
      './core/a.ts',
      '#modules/slo/views.ts',
      '#kernel/b.ts',
      '#platform/db/database.ts',
      '#modules/signals/index.ts',
      'kysely',
      'node:crypto',
    ],
    [
      '#modules/signals/store.ts',
      '#modules/signals/contract.ts',
      '#modules/incidents/index.ts',
      '#providers/slack/send.ts',
      '#app/app.ts',
      '#cli/x.ts',
    ],
  ],
  [
    'provider',
    'src/providers/slack/send.ts',
    [
      './blocks.ts',
      '#kernel/b.ts',
      '#modules/notify/port.ts',
      '#platform/http-client.ts',
      '#platform/http-client/ssrf.ts',
      'nodemailer',
      'node:crypto',
    ],
    ['#providers/email/send.ts', '#modules/notify/store.ts', '#modules/notify/index.ts', '#platform/db/database.ts'],
  ],
  [
    'platform',
    'src/platform/log.ts',
    ['./clock.ts', '#kernel/b.ts', 'pino', 'node:fs'],
    ['#modules/slo/index.ts', '#app/app.ts', '#providers/slack/send.ts'],
  ],
  [
    'cli',
    'src/cli/pages.ts',
    ['./table.ts', '#modules/slo/contract.ts', '#kernel/b.ts', '#platform/http-client.ts', 'commander', 'node:fs'],
    ['#app/app.ts', '#modules/slo/store.ts', '#modules/slo/index.ts', '#platform/db/database.ts'],
  ],
  [
    'cli/local',
    'src/cli/local/serve.ts',
    ['#app/app.ts', '#cli/table.ts', '#modules/slo/contract.ts'],
    ['#modules/slo/store.ts', '#modules/slo/open.ts'],
  ],
  [
    'web',
    'web/pages/slo/list.tsx',
    ['../../ui/table.tsx', '#modules/slo/contract.ts', '#modules/slo/core/a.ts', '#kernel/b.ts', 'react'],
    ['#modules/slo/store.ts', '#modules/slo/index.ts', '#platform/log.ts', 'node:fs', '../../../src/kernel/b.ts'],
  ],
  [
    'demo',
    'src/demo/shop.ts',
    ['./load.ts', '#modules/changes/contract.ts', '#kernel/b.ts', 'fastify', 'node:http'],
    ['#app/app.ts', '#modules/slo/store.ts', '#platform/log.ts'],
  ],
  ['app', 'src/app/app.ts', ['#modules/slo/store.ts', '#providers/slack/send.ts', '#platform/log.ts', '#cli/x.ts'], []],
  ['testing', 'src/testing/world.ts', ['#modules/slo/store.ts', '#app/app.ts'], []],
  [
    'tests',
    'src/modules/slo/store.db.test.ts',
    ['#modules/incidents/store.ts', '#testing/world.ts', './store.ts'],
    ['../signals/store.ts'],
  ],
  ['tools', 'tools/generate.ts', ['#modules/slo/contract.ts', '#platform/log.ts', './scan.ts'], ['../src/kernel/b.ts']],
  ['bench', 'bench/run.ts', ['#app/app.ts', 'node:fs'], ['../src/app/app.ts']],
];

const FORMS: [form: string, write: (specifier: string) => string][] = [
  ['import', (specifier) => `import { thing } from '${specifier}';`],
  ['import type', (specifier) => `import type { Thing } from "${specifier}";`],
  ['import()', (specifier) => `const thing = await import('${specifier}');`],
  ['import over lines', (specifier) => `import {\n  one,\n  type Two,\n} from '${specifier}';`],
  ['bare import', (specifier) => `import '${specifier}';`],
];

describe.each(ROWS)('%s', (_row, path, allowed, forbidden) => {
  it.each(FORMS)('is held to its row by %s', (_form, write) => {
    for (const specifier of allowed) expect(checkBoundaries([{ path, text: write(specifier) }]), specifier).toEqual([]);
    for (const specifier of forbidden) expect(checkBoundaries([{ path, text: write(specifier) }]), specifier).not.toEqual([]);
  });
});

describe('the boundaries', () => {
  const messages = (path: string, text: string) => checkBoundaries([{ path, text }]).map((finding) => `${finding.line} ${finding.message}`);

  it('ignore what is only said in a comment', () => {
    expect(messages('src/kernel/a.ts', "// import x from 'node:fs';\n/* import('pg') */")).toEqual([]);
  });

  it('name the line and the reason', () => {
    expect(messages('src/kernel/a.ts', "import { z } from 'zod';\nimport { readFileSync } from 'node:fs';")).toEqual([
      '2 kernel may not import node:fs: it runs without Node',
    ]);
  });

  it('let a module be left by # only', () => {
    expect(messages('src/modules/slo/store.ts', "import { a } from '../signals/index.ts';")).toEqual([
      '1 the relative import ../signals/index.ts leaves src/modules/slo: write it with #',
    ]);
  });

  it('keep re-exports to short doors that name them', () => {
    expect(messages('src/modules/slo/index.ts', "export { open } from './open.ts';")).toEqual([]);
    expect(messages('src/modules/slo/index.ts', "export * from './open.ts';")).toEqual(['1 a door re-exports by name']);
    expect(messages('src/modules/slo/core/all.ts', "export { a } from './a.ts';")).toEqual([
      '1 only the door of a module (index.ts) re-exports',
    ]);
    const long = Array.from({ length: 41 }, (_, at) => `export { a${at} } from './a.ts';`).join('\n');
    expect(messages('src/modules/slo/index.ts', long)).toEqual(['1 a door has at most 40 lines']);
  });

  it('keep folders small', () => {
    const files = Array.from({ length: 16 }, (_, at) => ({ path: `src/kernel/a${at}.ts`, text: '' }));
    expect(checkBoundaries(files)).toEqual([{ path: 'src/kernel', line: 0, message: 'holds 16 files, at most 15: split it by topic' }]);
    expect(checkBoundaries(files.slice(1))).toEqual([]);
  });
});
