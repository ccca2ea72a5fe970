import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, type NinesProcess, startNines } from '#testing/process/nines.ts';

const LAUNCHER = path.resolve(import.meta.dirname, '../../bin/nines.cjs');
const KEY = 'slo-test-key-that-is-long-enough';

describe('nines slo', () => {
  const data = mkdtempSync(path.join(tmpdir(), 'nines-slo-'));
  const files = path.join(data, 'files');
  let port = 0;
  let server: NinesProcess;

  beforeAll(async () => {
    mkdirSync(files);
    port = await freePort();
    server = await startNines({ data: path.join(data, 'db'), port, env: { NINES_BOOTSTRAP_API_KEY: KEY } });
    await nines('services', 'apply', 'checkout', '--name', 'Checkout', '--tier', '1', '--owner', 'Payments');
  });
  afterAll(async () => {
    await server.stop();
    rmSync(data, { recursive: true, force: true });
  });

  function nines(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
    const child = spawn(process.execPath, [LAUNCHER, '--url', `http://127.0.0.1:${port}`, '--api-key', KEY, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ran = { code: null as number | null, out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (ran.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (ran.err += chunk.toString()));
    return new Promise((resolve) => child.once('close', (code) => resolve({ ...ran, code })));
  }
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(files, name), text);
    return path.join(files, name);
  };
  const CHECKOUT = 'checkout-availability:\n  service: checkout\n  target: 0.999\n  indicator: { kind: counts }\n';

  it('plans, applies, and has nothing left to do', async () => {
    const yaml = file('checkout.yaml', CHECKOUT);
    expect((await nines('slo', 'plan', yaml)).out).toContain('+ checkout-availability');
    expect((await nines('slo', 'list')).out).toContain('There is no objective yet');
    expect(await nines('slo', 'apply', files)).toMatchObject({ code: 0 });
    expect((await nines('slo', 'plan', yaml)).out).toContain('0 to create, 0 to change, 1 unchanged');
    const strict = file('checkout.yaml', CHECKOUT.replace('0.999', '0.9995'));
    expect((await nines('slo', 'plan', strict)).out).toContain('target: 0.999 → 0.9995');
    expect((await nines('slo', 'list')).out).toMatch(/checkout-availability +no data/);
    expect((await nines('slo', 'show', 'checkout-availability')).out).toContain('nothing was ever observed');
    expect((await nines('slo', 'explain', 'checkout-availability')).out).toContain('burn over 1 h: 0');
  });

  it('tells every problem with its file, slug, path and what it received, and applies nothing', async () => {
    const bad = file(
      'bad.yml',
      'Not-A-Slug:\n  service: nowhere\n  target: 1\n  indicator: { kind: counts }\nother:\n  service: checkout\n  target: 0.99\n  window: 5 fortnights\n  typo: 1\n  indicator: { kind: prometheus, source: main, valid: up }\n',
    );
    const { code, err } = await nines('slo', 'validate', bad);
    expect(code).toBe(2);
    for (const told of [
      'Not-A-Slug: slug:',
      'Not-A-Slug: target: must be a share below 1',
      'other: window:',
      'received "5 fortnights"',
      'other: indicator.good:',
      'other: typo: is not a field here, received 1',
    ])
      expect(err).toContain(told);
    expect(await nines('slo', 'apply', bad)).toMatchObject({ code: 2 });
    expect((await nines('slo', 'show', 'other')).code).toBe(3);
    expect(await nines('slo', 'validate', path.join(files, 'missing.yaml'))).toMatchObject({ code: 2 });
    rmSync(bad);
  });

  it('lives a recorded history through the engine and prints the alerts', async () => {
    const start = Date.UTC(2026, 9, 1);
    const line = (i: number): string => `${new Date(start + i * 60_000).toISOString()},60,${i >= 600 && i < 630 ? 50 : 100},100`;
    const csv = file('history.csv', ['at,seconds,good,valid', ...Array.from({ length: 1440 }, (_, i) => line(i))].join('\n'));
    const definition = file('one.yaml', CHECKOUT);
    const { out, code } = await nines('slo', 'test', definition, csv);
    expect(code).toBe(0);
    expect(out).toMatch(/page +firing +critical burning/);
    expect(out).toMatch(/: 1 page, 1 ticket, 1500 bad of 144000/);
    const json = JSON.parse((await nines('--json', 'slo', 'test', definition, csv)).out) as { pages: number; turns: { at: string }[] };
    expect(json.pages).toBe(1);
    // Half of all fail: 14.4 over the hour after 0.0144 · 3600 / 0.5 = 104 s, told by the next bucket's end.
    expect(Date.parse(json.turns[0]?.at ?? '') - (start + 600 * 60_000)).toBeLessThanOrEqual(120_000);
    rmSync(csv);
  });

  it('brings OpenSLO in and out again, and Sloth in, with a word on every line', async () => {
    const openslo = file(
      'openslo.txt',
      `apiVersion: openslo/v1
kind: SLO
metadata: { name: search }
spec:
  service: checkout
  indicator:
    metadata: { name: search-ok }
    spec:
      ratioMetric:
        counter: true
        good: { metricSource: { type: prometheus, spec: { query: 'http_requests_total{code!~"5.."}' } } }
        total: { metricSource: { type: prometheus, spec: { query: http_requests_total } } }
  timeWindow: [{ duration: 4w, isRolling: true }]
  budgetingMethod: Occurrences
  objectives: [{ displayName: Good, target: 0.995 }]
`,
    );
    const imported = await nines('slo', 'import', openslo);
    expect(imported.code).toBe(0);
    expect(imported.out).toContain('target: 0.995');
    expect(imported.out).toContain('kind: prometheus');
    expect(imported.err).toMatch(/1 objective; of \d+ lines/);
    const out = path.join(files, 'out.yaml');
    expect(await nines('slo', 'export', '--format', 'openslo', '--out', out)).toMatchObject({ code: 0 });
    expect(readFileSync(out, 'utf8')).toContain('openslo/v1');
    expect((await nines('slo', 'export')).out).toContain('checkout-availability:');
    const rules = await nines('slo', 'export', '--format', 'prometheus');
    expect(rules.err).toContain('checkout-availability:');
    const sloth = file(
      'sloth.txt',
      'version: prometheus/v1\nservice: checkout\nslos:\n  - name: requests\n    objective: 99.9\n    sli: { events: { error_query: \'sum(rate(http_requests_total{code=~"5.."}[{{.window}}]))\', total_query: "sum(rate(http_requests_total[{{.window}}]))" } }\n    alerting: { name: CheckoutErrors, page_alert: { disable: true } }\n',
    );
    const second = await nines('slo', 'import', sloth, '--format', 'sloth');
    expect(second.out).toContain('bad: http_requests_total{code=~"5.."}');
    rmSync(out);
  });

  it('refuses in validate and plan what apply would, by file, slug and path, and says in which files a slug stands twice', async () => {
    const dead = file(
      'dead.yml',
      'halved: { service: checkout, target: 0.5, policy: nosuch, alerting: { pairs: [{ severity: critical, long: 1h, short: 5m, factor: 14.4 }] }, indicator: { kind: counts } }\n',
    );
    for (const verb of ['validate', 'plan', 'apply']) {
      const { code, err } = await nines('slo', verb, dead);
      expect(code).toBe(2);
      expect(err).toContain(`${dead}: halved: policy: there is no error-budget policy nosuch`);
      expect(err).toMatch(/halved: alerting\.pairs\[0\]: even a full outage burns only 2\.00×.*received 1h\/5m/);
    }
    rmSync(dead);
    const [one, two] = [file('twice-a.yml', CHECKOUT), file('twice-b.yml', CHECKOUT)];
    const { code, err } = await nines('slo', 'validate', one, two);
    expect(code).toBe(2);
    expect(err).toContain(`${one}, ${two}: checkout-availability: slug: stands twice`);
    expect((await nines('slo', 'validate', one)).out).toBe('1 objective is well.\n');
    for (const used of [one, two]) rmSync(used);
  });

  it('imports and applies all or nothing, in one JSON document, and says which services are missing', async () => {
    const slo = (name: string, service: string, good: boolean): string => `apiVersion: openslo/v1
kind: SLO
metadata: { name: ${name} }
spec:
  service: ${service}
  indicator:
    metadata: { name: ${name}-ok }
    spec:
      ratioMetric:
        counter: true
        ${good ? 'good: { metricSource: { type: prometheus, spec: { query: \'r{code!~"5.."}\' } } }' : ''}
        total: { metricSource: { type: prometheus, spec: { query: r } } }
  timeWindow: [{ duration: 4w, isRolling: true }]
  budgetingMethod: Occurrences
  objectives: [{ displayName: Good, target: 0.995 }]
`;
    await nines('sources', 'apply', 'prometheus', '--name', 'Prometheus', '--address', 'http://127.0.0.1:1');
    const service = 'apiVersion: openslo/v1\nkind: Service\nmetadata: { name: parcels, displayName: The parcels }\nspec: {}\n';
    const out = path.join(files, 'imported.txt');
    const mixed = file('mixed.txt', `${slo('whole', 'checkout', true)}---\n${slo('half', 'checkout', false)}`);
    const refused = await nines('--json', 'slo', 'import', mixed, '--apply', '--out', out);
    expect(refused.code).toBe(2);
    expect(JSON.parse(refused.out)).toMatchObject({ applied: false, entries: [], problems: [{}] });
    expect(readFileSync(out, 'utf8')).toContain('target: 0.995');
    expect((await nines('slo', 'show', 'whole')).code).toBe(3);

    const parcels = file('parcels.txt', `${service}---\n${slo('sent', 'parcels', true)}`);
    const create = "service parcels: create it with nines services apply parcels --name 'The parcels' --tier <1-4> --owner <team>";
    expect(await nines('slo', 'import', parcels)).toMatchObject({ code: 0, err: expect.stringContaining(create) as string });
    const early = await nines('slo', 'import', parcels, '--apply');
    expect(early.code).toBe(2);
    expect(early.err).toContain(create);
    expect(early.err).toContain('sent: service: there is no such service');
    await nines('services', 'apply', 'parcels', '--name', 'The parcels', '--tier', '2', '--owner', 'Post');
    const applied = await nines('--json', 'slo', 'import', parcels, '--apply');
    expect(applied.code).toBe(0);
    expect(JSON.parse(applied.out)).toMatchObject({ applied: true, missingServices: [], entries: [{ slug: 'sent', action: 'create' }] });
    expect(await nines('slo', 'delete', 'sent')).toMatchObject({ code: 0 });
  });

  it('refuses an import of nothing, and a strictness that Sloth does not know', async () => {
    expect(await nines('slo', 'import', file('empty.txt', ''))).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('empty.txt: there is no objective in it') as string,
    });
    const strict = await nines('slo', 'import', file('sloth.txt', 'version: prometheus/v1\n'), '--format', 'sloth', '--strict');
    expect(strict).toMatchObject({ code: 2, err: expect.stringContaining('--strict is for OpenSLO') as string });
  });

  it('names flags, files and services that are wrong, and every problem in a line of its own', async () => {
    expect(await nines('slo', 'list', '--limit', 'abc')).toMatchObject({
      code: 2,
      err: expect.stringContaining("--limit <number>' argument 'abc'") as string,
    });
    const days = await nines('slo', 'backtest', 'checkout-availability', '--days', '900');
    expect(days).toMatchObject({ code: 2, err: expect.stringMatching(/^nines: --days: .*received 900\n$/) as string });
    const csv = file('rows.csv', 'at,seconds,good,valid\n2026-11-20T00:00:00Z,30,1,1\n2026-11-20T00:00:30Z,0,-1,1\n');
    const many = await nines(
      'slo',
      'test',
      file('ill.yml', 'ill: { service: checkout, target: 2, foo: 1, indicator: { kind: counts } }'),
      csv,
      '--step',
      '1',
    );
    expect(many.code).toBe(2);
    const lines = many.err.trim().split('\n');
    expect(lines.every((line) => line.startsWith('nines: '))).toBe(true);
    expect(new Set(lines.map((line) => line.split(': ')[1]))).toEqual(
      new Set(['--step', 'body.definition.foo', 'body.definition.target', 'body.history[1].good', 'body.history[1].seconds']),
    );
    rmSync(path.join(files, 'ill.yml'));
    const typo = await nines('slo', 'list', '--service', 'web-typo');
    expect(typo).toMatchObject({ code: 3, out: '', err: 'nines: there is no service web-typo\n' });
    await nines('services', 'apply', 'bare', '--name', 'Bare', '--tier', '3', '--owner', 'Nobody');
    expect((await nines('slo', 'list', '--service', 'bare')).out).toBe('There is no objective of bare yet.\n');
  });

  it('fits a terminal of eighty columns', async () => {
    const calendar = 'window: { calendar: quarter, timeZone: America/New_York }';
    const quarterly = file(
      'quarterly.yaml',
      `checkout-by-quarter:\n  service: checkout\n  target: 0.9995\n  ${calendar}\n  indicator: { kind: counts }\n`,
    );
    expect(await nines('slo', 'apply', quarterly)).toMatchObject({ code: 0 });
    const { out } = await nines('slo', 'list', '--service', 'checkout');
    expect(out).toMatch(/checkout-by-quarter .* quarter\n/);
    for (const line of [...out.split('\n'), ...(await nines('slo', '--help')).out.split('\n')]) expect(line.length).toBeLessThanOrEqual(80);
    expect(await nines('slo', 'delete', 'checkout-by-quarter')).toMatchObject({ code: 0 });
    rmSync(quarterly);
  });

  it('deletes what files name no more where it is asked to, for their services alone, and one by its name', async () => {
    await nines('services', 'apply', 'search', '--name', 'Search', '--tier', '2', '--owner', 'Search');
    const one = (slug: string): string => `${slug}:\n  service: search\n  target: 0.99\n  indicator: { kind: counts }\n`;
    expect(await nines('slo', 'apply', file('search.yaml', `${one('answers')}${one('suggestions')}`))).toMatchObject({ code: 0 });
    const less = file('search.yaml', one('answers'));
    expect((await nines('slo', 'plan', less)).out).not.toContain('suggestions');
    expect((await nines('slo', 'plan', '--prune', less)).out).toContain('- suggestions');
    const applied = await nines('slo', 'apply', less, '--prune');
    expect(applied.out).toContain('0 to create, 0 to change, 1 to delete, 1 unchanged');
    expect((await nines('slo', 'show', 'suggestions')).err).toContain('it was deleted at');
    expect(await nines('slo', 'show', 'checkout-availability')).toMatchObject({ code: 0 });
    expect((await nines('slo', 'delete', 'answers', '--if-version', '9')).err).toContain('is at version 1, not 9');
    expect(await nines('slo', 'delete', 'answers')).toMatchObject({ code: 0 });
    expect((await nines('slo', 'show', 'answers')).code).toBe(3);
  });
});
