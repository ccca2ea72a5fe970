import { expect, it } from 'vitest';
import { placeProblem, together } from './place-problem.ts';

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

it('tells what the server finds beside what the form found, once for each field', () => {
  const told = { message: 'Not sent yet.', fields: [{ path: 'target', message: 'must lie between 0 and 100 %' }] };
  const found = [
    { path: 'target', message: 'must be above 0' },
    { path: 'window', message: 'must be a length' },
    { path: 'indicator.valid', message: 'is not closed' },
  ];
  expect(together(told, found)).toEqual({
    message: 'Not sent yet.',
    fields: [
      { path: 'target', message: 'must lie between 0 and 100 %' },
      { path: 'window', message: 'must be a length' },
      { path: 'indicator.valid', message: 'is not closed' },
    ],
  });
});
