import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readDefinitions, readHistory } from './slo-files.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'nines-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
};

describe('a recorded history', () => {
  const rows = (...all: string[]) => file('history.csv', ['at,seconds,good,valid', ...all].join('\r\n'));
  const GOOD = '2026-11-20T00:00:00Z,30,100,100';

  test('is read as numbers', () => {
    expect(readHistory(rows(GOOD, '', ''))).toEqual([{ at: '2026-11-20T00:00:00Z', seconds: 30, good: 100, valid: 100 }]);
  });

  test.each([
    ['a blank cell', '2026-11-20T00:00:30Z,30,,100', 'column good: must be a number, received nothing'],
    ['a cell that is missing', '2026-11-20T00:00:30Z,30,100', 'column valid: must be a number, received nothing'],
    ['a word', '2026-11-20T00:00:30Z,half,1,1', 'column seconds: must be a number, received half'],
    ['what no computer holds', '2026-11-20T00:00:30Z,30,1e400,1', 'column good: must be a number, received 1e400'],
    ['no time', ' ,30,1,1', 'column at: must be a time, received nothing'],
  ])('with %s is refused by file, line and column', (_name, line, told) => {
    expect(() => readHistory(rows(GOOD, '', line))).toThrow(`history.csv: line 4, ${told}`);
  });
});

describe('definitions', () => {
  const read = (text: string) => readDefinitions([file('some.yaml', text)]);

  test('may share parts by an alias and take them over by a merge key', () => {
    const [one, two] = read(
      'one: &one { service: web, target: 0.9, labels: &labels { a: b } }\ntwo: { <<: *one, target: 0.99, links: *labels }\n',
    );
    expect(one?.definition).toEqual({ service: 'web', target: 0.9, labels: { a: 'b' } });
    expect(two?.definition).toEqual({ service: 'web', target: 0.99, labels: { a: 'b' }, links: { a: 'b' } });
  });

  test.each([
    ['enclose themselves', 'a: &a [*a, *a]', 'a[0]: encloses itself'],
    ['name what is not there', 'a: *nope', 'nope'],
    [
      'stand for endless values',
      [
        'a: &a [x,x,x,x,x,x,x,x,x,x]',
        'b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]',
        'c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]',
        'd: [*c,*c,*c]',
      ].join('\n'),
      'alias',
    ],
    [
      'are no numbers that a definition could hold',
      'a: { target: .inf }\nb: { alerting: { pairs: [{ factor: 1e400 }] } }',
      'a.target: must be a finite number, received Infinity',
    ],
    ['are repeated', 'a: 1\na: 2', 'unique'],
  ])('whose values %s are refused by their file', (_name, text, told) => {
    expect(() => read(text)).toThrow(new RegExp(`some\\.yaml: .*${told.replaceAll(/[[\].]/g, '\\$&')}`));
  });

  test('name every number that is none', () => {
    const fields = ['.nan', '-.inf'].map((word, i) => ({
      path: expect.stringContaining(`some.yaml: a[${i}]`) as string,
      received: ['NaN', '-Infinity'][i],
      word,
    }));
    expect.assertions(1);
    try {
      read('a: [.nan, -.inf, 1]');
    } catch (refusal) {
      expect(refusal).toMatchObject({ code: 'invalid_input', fields: fields.map(({ word: _word, ...field }) => field) });
    }
  });
});
