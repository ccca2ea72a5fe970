import { defineConfig } from 'vitest/config';

const database = ['src/testing/global-setup.ts'];
const needsDatabase = ['src/**/*.db.test.ts', 'src/**/*.http.test.ts'];
const needsProcesses = ['src/**/*.process.test.ts'];

// One project per kind of test; tools/test.ts runs them one after another, since two cores serve one of them well.
export default defineConfig({
  test: {
    passWithNoTests: true,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['src/**/*.test.ts', 'tools/**/*.test.ts', 'web/**/*.test.{ts,tsx}'],
          exclude: [...needsDatabase, ...needsProcesses, '**/node_modules/**'],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'db', include: needsDatabase, globalSetup: database, testTimeout: 20_000, hookTimeout: 30_000 } },
      {
        extends: true,
        test: { name: 'scenario', include: ['scenarios/*.scenario.ts'], globalSetup: database, testTimeout: 60_000, hookTimeout: 30_000 },
      },
      { extends: true, test: { name: 'process', include: needsProcesses, maxWorkers: 1, testTimeout: 60_000, hookTimeout: 60_000 } },
      { extends: true, test: { name: 'e2e', include: ['e2e/*.e2e.ts'], maxWorkers: 1, testTimeout: 120_000, hookTimeout: 120_000 } },
    ],
  },
});
