import { expect, it } from 'vitest';
import { placeProblem } from './place-problem.ts';

it.each([
  ['body.target', 'target'],
  ['body.definition.indicator.good', 'indicator.good'],
  ['body.indicator.valid[0].value', 'indicator.valid'],
  ['body.indicator.valid.0.value', 'indicator.valid'],
  ['body.window.timeZone', 'window.timeZone'],
  ['body.window.calendar', 'window'],
  ['body.alerting.preset', 'alerting.preset'],
])('puts %s at the field %s', (path, name) => {
  const placed = placeProblem({ message: 'no', fields: [{ path, message: 'must be otherwise' }] });
  expect(placed).toEqual({ message: 'no', fields: [{ path: name, message: 'must be otherwise' }] });
});
