import { expect, test } from 'vitest';
import { SLI_KINDS } from '#modules/signals/core/indicator.ts';
import { cellsOf, renderIndicators } from './indicators.ts';

const every = SLI_KINDS.flatMap((kind) =>
  ['counts', 'otlp', 'prometheus', 'promql'].map((source) => `test('${kind} × ${source}: works', () => {`),
);

test('a cell lists the tests that bear its name', () => {
  const cells = cellsOf([...every, "  it('latency × otlp: explicit histogram', async () => {"]);
  expect(cells.get('latency × otlp')).toEqual(['works', 'explicit histogram']);
  expect(renderIndicators(cells)).toContain('| latency | works | works; explicit histogram | works | works |');
});

test('a cell without a test is an error', () => {
  expect(() => renderIndicators(cellsOf(every.slice(1)))).toThrow("no test is called 'availability × counts: …'");
});
