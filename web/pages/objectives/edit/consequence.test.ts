import { describe, expect, it } from 'vitest';
import { consequenceOf, type EditFacts, isSameIndicator } from './consequence.ts';

const facts: EditFacts = { governing: 3, pending: null, isAlerting: false, isObserved: true, isGoverningIndicator: true };
const edit = (paths: readonly string[], keepsCounts = true) => ({
  action: 'change' as const,
  changes: paths.map((path) => ({ path, before: null, after: null })),
  keepsCounts,
});

describe('what an edit means', () => {
  it('is nothing where nothing differs', () => {
    expect(consequenceOf({ action: 'unchanged', changes: [], keepsCounts: true }, facts).kind).toBe('nothing');
  });

  it.each(['name', 'links.runbook', 'labels.team', 'policy'])('is at once for %s', (path) => {
    expect(consequenceOf(edit([path]), facts)).toMatchObject({ kind: 'words', title: 'Takes effect at once.' });
  });

  it.each(['target', 'window', 'window.timeZone', 'gaps', 'alerting.pairs[0].factor'])('is the next evaluation for %s', (path) => {
    expect(consequenceOf(edit(['name', path]), facts)).toMatchObject({ kind: 'terms', title: 'Judges from the next evaluation on.' });
  });

  it('says what a live alert does to new terms, and nothing of it for words', () => {
    const alerting = { ...facts, isAlerting: true };
    expect(consequenceOf(edit(['target']), alerting).text).toContain('version 3 goes on judging until it ends');
    expect(consequenceOf(edit(['name']), alerting).title).toBe('Takes effect at once.');
  });

  it('is new counts for another indicator, whatever else changes', () => {
    const { kind, text } = consequenceOf(edit(['target', 'indicator.good'], false), { ...facts, isGoverningIndicator: false });
    expect(kind).toBe('counts');
    expect(text).toContain('Version 3 judges by its own counts');
  });

  it('is at once for another indicator where nothing was counted', () => {
    expect(consequenceOf(edit(['indicator.kind'], false), { ...facts, isGoverningIndicator: false, isObserved: false }).title).toBe(
      'Takes effect at once.',
    );
  });

  it('names the version that waits already, and what becomes of it', () => {
    const waiting = { ...facts, pending: 4 };
    expect(consequenceOf(edit(['name']), waiting).text).toContain('Version 4 waits already');
    expect(consequenceOf(edit(['target']), waiting).text).toContain('Version 4, which waits, is replaced');
  });

  it('is the old counts again where the indicator that judges comes back', () => {
    const { kind, text } = consequenceOf(edit(['indicator.good'], false), { ...facts, pending: 4 });
    expect(kind).toBe('terms');
    expect(text).toContain('The counts go on as they are');
  });

  it('goes on waiting where the version that waits has counts of its own', () => {
    const waiting = { ...facts, pending: 4, isGoverningIndicator: false };
    expect(consequenceOf(edit(['target']), waiting).title).toBe('It waits, as the version before it does.');
  });
});

describe('two indicators', () => {
  const counts = { kind: 'counts', sli: 'availability', specification: '', groupBy: [] };
  it('are the same where one leaves unsaid what the other has empty, in any order', () => {
    expect(isSameIndicator(counts, { sli: 'availability', kind: 'counts' })).toBe(true);
  });

  it('are the same whatever the order of names in their conditions', () => {
    const [a, b] = [[{ attribute: 'status', op: '=' }], [{ op: '=', attribute: 'status' }]];
    expect(isSameIndicator({ ...counts, good: a }, { ...counts, good: b })).toBe(true);
  });

  it.each([{ groupBy: ['region'] }, { kind: 'otlp' }])('differ by %j', (change) => {
    expect(isSameIndicator(counts, { ...counts, ...change })).toBe(false);
  });
});
