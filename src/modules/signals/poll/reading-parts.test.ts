import { describe, expect, it } from 'vitest';
import { instant } from '#kernel/instant.ts';
import type { MetricSource, SourceRead } from '../port.ts';
import { createTurns, inLanes, shareReads } from './reading-parts.ts';

const SPAN = { from: instant(0), to: instant(60_000), stepMs: 30_000 };

describe('reads that are shared', () => {
  it('are one where query, span and step are the same, even while the first is under way', async () => {
    const asked: string[] = [];
    const source: MetricSource = {
      readRange: (query, span) => {
        asked.push(`${query} ${span.from} ${span.to} ${span.stepMs}`);
        const read: SourceRead = { kind: 'read', series: [], samples: asked.length, warnings: [] };
        return Promise.resolve(read);
      },
    };
    const shared = shareReads(source);
    const reads = await Promise.all([
      shared.readRange('up', SPAN),
      shared.readRange('up', { ...SPAN }),
      shared.readRange('up', { ...SPAN, stepMs: 10_000 }),
      shared.readRange('up', { ...SPAN, to: instant(90_000) }),
      shared.readRange('down', SPAN),
    ]);
    expect(asked).toHaveLength(4);
    expect(reads[0]).toBe(reads[1]);

    // What nobody has asked for of late is forgotten.
    for (let i = 0; i < 31; i += 1) await Promise.all([shared.readRange(`other${i}`, SPAN), shared.readRange('up', SPAN)]);
    expect(asked).toHaveLength(4 + 31);
    await shared.readRange('down', SPAN);
    expect(asked).toHaveLength(4 + 31 + 1);
  });
});

describe('lanes', () => {
  it('try everything, so many at once, and then throw what failed first', async () => {
    const begun: number[] = [];
    let running = 0;
    let most = 0;
    const work = async (n: number): Promise<void> => {
      begun.push(n);
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      if (n % 5 === 2) throw new Error(`no ${n}`);
    };
    await expect(inLanes([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 3, work)).rejects.toThrow(/^no (2|7)$/);
    expect(begun.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(most).toBe(3);
    await expect(inLanes([], 3, work)).resolves.toBeUndefined();
  });
});

describe('turns', () => {
  it('are given to so many at once, and given back by work that fails', async () => {
    const turns = createTurns(2);
    const ends = [Promise.withResolvers<string>(), Promise.withResolvers<string>()] as const;
    const first = turns.take(() => ends[0].promise);
    const second = turns.take(() => ends[1].promise);
    expect(await turns.take(() => Promise.resolve('third'))).toBe('no_turn');
    ends[0].reject(new Error('cut'));
    await expect(first).rejects.toThrow('cut');
    expect(await turns.take(() => Promise.resolve('third'))).toBe('third');
    ends[1].resolve('second');
    expect(await second).toBe('second');
  });
});
