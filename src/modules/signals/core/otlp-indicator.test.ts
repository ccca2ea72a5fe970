import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, type Instant, instant } from '#kernel/instant.ts';
import { parseOtlp } from './otlp.ts';
import { OtlpIndicator } from './indicator.ts';
import { applyOtlp, initialOtlpState, type OtlpApplied, OtlpState } from './otlp-indicator.ts';

const T0 = instant(Date.UTC(2026, 10, 19, 2, 0, 0));
const indicator = OtlpIndicator.parse({
  kind: 'otlp',
  metric: 'requests',
  valid: [{ attribute: 'route', op: '!=', value: '/health' }],
  good: [{ attribute: 'code', op: '!~', value: '5..' }],
});

interface Sample {
  code?: string;
  route?: string;
  pod?: string;
  value: number;
  atS: number;
  startS?: number;
  metric?: string;
}
const nanos = (seconds: number): string => `${T0 + seconds * 1000}000000`;

function request(samples: Sample[], temporality = 2) {
  const parsed = parseOtlp({
    resourceMetrics: samples.map(({ code = '200', route = '/pay', pod = 'a', value, atS, startS, metric = 'requests' }) => ({
      resource: { attributes: [{ key: 'pod', value: { stringValue: pod } }] },
      scopeMetrics: [
        {
          metrics: [
            {
              name: metric,
              sum: {
                isMonotonic: true,
                aggregationTemporality: temporality,
                dataPoints: [
                  {
                    attributes: [
                      { key: 'code', value: { stringValue: code } },
                      { key: 'route', value: { stringValue: route } },
                    ],
                    timeUnixNano: nanos(atS),
                    asInt: value,
                    ...(startS === undefined ? {} : { startTimeUnixNano: nanos(startS) }),
                  },
                ],
              },
            },
          ],
        },
      ],
    })),
  });
  if (!parsed.ok) throw new Error(parsed.because);
  return parsed.request;
}

/** The touched cells of all groups together. */
const countsOf = (applied: OtlpApplied) =>
  (applied.groups.find(({ group }) => group === '')?.cells ?? []).map(({ at, good, bad }) => ({ at, good, valid: good + bad }));

/** Sends requests one after the other, each received a second after its last point, through JSON as if stored between. */
function send(requests: Sample[][], temporality = 2) {
  let state = initialOtlpState(T0);
  const cells = new Map<Instant, { good: number; valid: number }>();
  const results = requests.map((samples) => {
    const receivedAt = instant(T0 + (Math.max(...samples.map((one) => one.atS)) + 1) * 1000);
    const applied = applyOtlp(indicator, state, request(samples, temporality), receivedAt);
    state = OtlpState.parse(JSON.parse(JSON.stringify(applied.state)));
    const counts = countsOf(applied);
    for (const { at, good, valid } of counts) cells.set(at, { good, valid });
    return { ...applied, counts };
  });
  const sum = (read: (cell: { good: number; valid: number }) => number): number =>
    [...cells.values()].reduce((all, cell) => all + read(cell), 0);
  return {
    results,
    state,
    cells,
    valid: sum((cell) => cell.valid),
    good: sum((cell) => cell.good),
    seconds: [...cells.keys()].map((at) => (at - T0) / 1000),
  };
}

describe('cumulative counters', () => {
  test('the first sample of an unknown series only sets the baseline', () => {
    const sent = send([[{ value: 500, atS: 10, startS: -3600 }]]);
    expect(sent.results[0]).toMatchObject({ counts: [], accepted: 1, rejected: [] });
  });

  test('the difference is counted, good and bad apart, in the cell that ended last', () => {
    const sent = send([
      [
        { value: 500, atS: 12 },
        { code: '503', value: 7, atS: 12 },
      ],
      [
        { value: 530, atS: 22 },
        { code: '503', value: 9, atS: 22 },
      ],
    ]);
    expect(sent.results[1]?.counts).toEqual([{ at: T0 + 10_000, good: 30, valid: 32 }]);
  });

  test('an unchanged counter is observed, without valid events', () => {
    const sent = send([[{ value: 5, atS: 10 }], [{ value: 5, atS: 20 }]]);
    expect(sent.results[1]?.counts).toEqual([{ at: T0 + 10_000, good: 0, valid: 0 }]);
  });

  test('events that are not valid are not counted, but they show that we are listening', () => {
    const sent = send([[{ route: '/health', value: 5, atS: 10 }], [{ route: '/health', value: 9, atS: 20 }]]);
    expect(sent.results[1]?.counts).toEqual([{ at: T0 + 10_000, good: 0, valid: 0 }]);
  });

  test('an export a minute fills the whole minute evenly', () => {
    const sent = send([[{ value: 0, atS: 60 }], [{ value: 20, atS: 120 }]]);
    expect(sent.seconds).toEqual([60, 70, 80, 90, 100, 110]);
    expect([...sent.cells.values()].map((cell) => cell.valid)).toEqual([3, 3, 4, 3, 3, 4]);
  });

  test('a smaller value is a reset and counts from zero', () => {
    expect(send([[{ value: 500, atS: 10 }], [{ value: 40, atS: 20 }]]).valid).toBe(40);
  });

  test('a start after the last sample is a reset even when the value is larger', () => {
    expect(send([[{ value: 5, atS: 10, startS: -60 }], [{ value: 40, atS: 20, startS: 12 }]]).valid).toBe(40);
    expect(send([[{ value: 5, atS: 10, startS: -60 }], [{ value: 40, atS: 20, startS: -59 }]]).valid).toBe(35);
  });

  test('several processes add up in the same cells', () => {
    const sent = send([
      [{ pod: 'a', value: 10, atS: 11 }],
      [{ pod: 'b', value: 100, atS: 14 }],
      [{ pod: 'a', value: 13, atS: 21 }],
      [{ pod: 'b', value: 104, atS: 24 }],
    ]);
    expect(sent.results[3]?.counts).toEqual([{ at: T0 + 10_000, good: 7, valid: 7 }]);
  });

  test('a gap of more than an hour stays unobserved, and counting goes on after it', () => {
    const sent = send([[{ value: 1, atS: 10 }], [{ value: 900, atS: 3620 }], [{ value: 903, atS: 3630 }]]);
    expect(sent.results[1]?.counts).toEqual([]);
    expect(sent.valid).toBe(3);
  });
});

test('how often data comes is told, so that silence can be measured against it', () => {
  const sent = send([[{ value: 1, atS: 60 }], [{ value: 2, atS: 120 }], [{ value: 2, atS: 130 }]]);
  expect(sent.results.map((one) => one.intervalMs)).toEqual([null, 60_000, 10_000]);
});

describe('births', () => {
  test('a process started after we began to listen counts from zero', () => {
    const sent = send([[{ value: 25, atS: 30, startS: 10 }]]);
    expect([sent.valid, sent.seconds]).toEqual([25, [10, 20]]);
  });

  test('a series that a known process did not export before counts from zero, whatever its start', () => {
    const sent = send([
      [{ value: 500, atS: 10, startS: -3600 }],
      [
        { value: 500, atS: 20, startS: -3600 },
        { code: '503', value: 8, atS: 20, startS: -3600 },
      ],
    ]);
    expect([sent.valid, sent.good]).toEqual([8, 0]);
  });

  test('one export split over two requests is no birth', () => {
    const sent = send([
      [{ value: 500, atS: 10, startS: -3600 }],
      [{ code: '503', value: 800, atS: 10, startS: -3600 }],
      [{ code: '503', value: 801, atS: 20, startS: -3600 }],
    ]);
    expect(sent.valid).toBe(1);
  });

  test('another process being known does not make a birth', () => {
    expect(send([[{ pod: 'a', value: 1, atS: 10 }], [{ pod: 'b', value: 700, atS: 20, startS: -60 }]]).valid).toBe(0);
  });
});

describe('delta counters', () => {
  test('every point counts over its own interval', () => {
    const sent = send([[{ value: 3, atS: 20, startS: 10 }], [{ value: 4, atS: 30, startS: 20 }]], 1);
    expect([sent.valid, sent.seconds]).toEqual([7, [10, 20]]);
  });
  test('the same point sent again counts once', () => {
    const sent = send([[{ value: 3, atS: 20, startS: 10 }], [{ value: 3, atS: 20, startS: 10 }]], 1);
    expect([sent.valid, sent.results[1]?.accepted]).toEqual([3, 1]);
  });
});

describe('points are rejected with a reason', () => {
  const nine = Array.from({ length: 9 }, (_, i) => ({ value: i, atS: 20 + i * 10 }));
  const state = applyOtlp(indicator, initialOtlpState(T0), request(nine), instant(T0 + 100_000)).state;
  test.each([
    ['out_of_order', { value: 0, atS: 20 }, 101],
    ['too_old', { value: 4, atS: 100 }, 100 + 3601],
    ['in_future', { value: 4, atS: 500 }, 101],
  ])('%s', (reason, sample, receivedS) => {
    const applied = applyOtlp(indicator, state, request([sample]), instant(T0 + receivedS * 1000));
    expect(applied).toMatchObject({ accepted: 0, groups: [], rejected: [{ reason, metric: 'requests', points: 1 }] });
  });
  test('beyond five thousand series', () => {
    const many = request(Array.from({ length: 5001 }, (_, i) => ({ route: `/${i}`, value: 1, atS: 10 })));
    expect(applyOtlp(indicator, initialOtlpState(T0), many, instant(T0 + 11_000))).toMatchObject({
      accepted: 5000,
      rejected: [{ reason: 'too_many_series', points: 1 }],
    });
  });
  test('those of other metrics are none of its business', () => {
    expect(applyOtlp(indicator, state, request([{ metric: 'other', value: 5, atS: 1 }]), instant(T0 + DAY_MS))).toMatchObject({
      accepted: 0,
      rejected: [],
    });
  });
});

test('the state given is not changed, and forgets what is old', () => {
  const first = applyOtlp(indicator, initialOtlpState(T0), request([{ value: 5, atS: 100, startS: 50 }]), instant(T0 + 101_000)).state;
  const before = JSON.stringify(first);
  const later = applyOtlp(indicator, first, request([{ pod: 'b', value: 5, atS: 90_000 }]), instant(T0 + 90_001_000)).state;
  expect(JSON.stringify(first)).toBe(before);
  expect(Object.values(later.targets).map((target) => Object.keys(target.series).length)).toEqual([1]);
  expect([first.cells['']?.good, later.cells['']?.good]).toEqual([[1, 1, 1, 1, 1], []]);
});

test('no event is lost or counted twice, in whatever steps a counter is exported', () => {
  const step = fc.record({ gain: fc.nat(1000), bad: fc.nat(50), seconds: fc.integer({ min: 1, max: 200 }), resets: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      let at = 5;
      let [ok, failed] = [1000, 100];
      const requests: Sample[][] = [
        [
          { value: ok, atS: at },
          { code: '500', value: failed, atS: at },
        ],
      ];
      let [valid, good] = [0, 0];
      for (const { gain, bad, seconds, resets } of steps) {
        at += seconds;
        // A reset shows only when the value falls.
        const fresh = resets && gain < ok && bad < failed;
        [ok, failed] = fresh ? [gain, bad] : [ok + gain, failed + bad];
        [valid, good] = [valid + gain + bad, good + gain];
        requests.push([
          { value: ok, atS: at },
          { code: '500', value: failed, atS: at },
        ]);
      }
      const sent = send(requests);
      expect([sent.valid, sent.good]).toEqual([valid, good]);
      const cells = [...sent.seconds].sort((a, b) => a - b);
      cells.forEach((second, i) => {
        if (i > 0) expect(second - (cells[i - 1] ?? 0)).toBe(10);
      });
    }),
  );
});
