import { describe, expect, it } from 'vitest';
import { askedText, burnFigure, type ExplainedFigure, figureWords, parseAsked, shareWords, worked } from './figures.ts';

const plain = (text: string | undefined) => text?.replaceAll('\u00a0', ' ');

function figure(of: ExplainedFigure['of'], counts: { good: number; bad: number }, coverageRatio = 1): ExplainedFigure {
  const at = '2026-01-01T00:00:00.000Z';
  const valid = counts.good + counts.bad;
  return {
    figure: of,
    label: of,
    of,
    windowMs: 1000,
    gapBadCount: 0,
    value: null,
    unit: 'ratio',
    formula: '',
    from: at,
    to: at,
    counts: { ...counts, valid, windowMs: 1000, observedMs: 1000, gapMs: 0, excludedMs: 0 },
    coverageRatio,
    coveredOfMs: 1000,
    because: null,
    promql: null,
  };
}

describe('what is asked in the URL', () => {
  it('is read back as it was written', () => {
    const asked = { slug: 'checkout', figure: 'burn.3600s' };
    expect(parseAsked(askedText(asked))).toEqual(asked);
    const ofGroup = { ...asked, group: '["a~b","~"]' };
    expect(parseAsked(askedText(ofGroup))).toEqual(ofGroup);
  });

  it.each([undefined, '', 'checkout', '~sli'])('is nothing in %j', (text) => expect(parseAsked(text)).toBeUndefined());
});

describe('figures in words', () => {
  it.each([
    ['5m', 'burn.300s'],
    ['1h', 'burn.3600s'],
    ['3d', 'burn.259200s'],
  ])('names the burn over %s %s', (window, name) => expect(burnFigure(window)).toBe(name));

  it.each([
    [1, '100.00 %'],
    [0.9995199, '99.951 %'],
    [0.99, '99.00 %'],
    [0.9999999, '99.99999 %'],
    [0.9995, '99.950 %'],
    [0.99999999999, '99.99999 %'],
    [0.5, '50.00 %'],
  ])('writes the share %d as %s, never rounding up to all', (ratio, text) => expect(plain(shareWords(ratio))).toBe(text));

  it('writes each unit as people say it', () => {
    expect(plain(figureWords({ of: 'forecast', value: 2940, unit: 'seconds' }))).toBe('49 min');
    expect(figureWords({ of: 'burn', value: 104.9, unit: 'times' })).toBe('105×');
    expect(figureWords({ of: 'allowed', value: 1.234, unit: 'events' })).toBe('1.23');
    expect(figureWords({ of: 'spare', value: -1.5, unit: 'events' })).toBe('−1.5');
    expect(figureWords({ of: 'remaining', value: null, unit: 'ratio' })).toBe('—');
  });
});

describe('a formula worked out', () => {
  const counts = { good: 9990, bad: 10 };

  it('holds the counts of its window', () => {
    expect(plain(worked(figure('remaining', counts), 0.999))).toBe('1 − 10 ÷ (10,000 × 0.1 %)');
    expect(plain(worked(figure('spare', counts), 0.999))).toBe('10,000 × 0.1 % − 10');
    expect(plain(worked(figure('burn', counts), 0.9995))).toBe('10 ÷ 10,000 ÷ 0.05 %');
    expect(plain(worked(figure('sli', counts), 0.999))).toBe('9,990 ÷ 10,000');
  });

  it('says how much of the window was observed where that is not all', () => {
    expect(plain(worked(figure('allowed', counts, 0.5), 0.999))).toBe('(10,000 ÷ 50.0 %) × 0.1 %');
  });

  it('holds the time without data where that counts as bad', () => {
    const gaps = { ...figure('remaining', counts, 0.5), gapBadCount: 10_000 };
    expect(plain(worked(gaps, 0.999))).toBe('1 − (10 + 10,000) ÷ ((10,000 ÷ 50.0 %) × 0.1 %)');
  });

  it('is of time where what was observed is asked', () => {
    const known = { ...figure('coverage', { good: 0, bad: 0 }, 0.5), coveredOfMs: 2000 };
    expect(plain(worked(known, 0.999))).toBe('1 s ÷ 2 s');
  });

  it('is not there without events', () => expect(worked(figure('sli', { good: 0, bad: 0 }), 0.999)).toBeUndefined());
});
