import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideIntake } from './identity.ts';
import { signalsIn } from './alertmanager.ts';
import { mapSignal } from './signal.ts';

describe('mapping a signal', () => {
  it('takes the fields of the contract as they are', () => {
    expect(
      mapSignal({
        key: 'disk/db-1',
        status: 'resolved',
        summary: 'Disk full',
        severity: 'warning',
        service: 'db',
        labels: { host: 'db-1' },
        links: { runbook: 'https://x' },
        startedAt: '2026-11-19T02:00:00Z',
      }),
    ).toEqual({
      key: 'disk/db-1',
      status: 'resolved',
      summary: 'Disk full',
      severity: 'warning',
      service: 'db',
      labels: { host: 'db-1' },
      links: { runbook: 'https://x' },
      startedAt: Date.UTC(2026, 10, 19, 2),
      notes: [],
    });
  });

  it('takes an unknown severity as critical, so that no page is lost to a word', () => {
    expect(mapSignal({ key: 'k', summary: 's', severity: 'purple' })).toMatchObject({
      severity: 'critical',
      notes: [{ code: 'severity_unknown', facts: { received: 'purple' } }],
    });
  });

  it('keeps text that cannot be stored in a form that can', () => {
    expect(mapSignal({ key: 'a\u0000b', summary: 'half \ud800 pair' })).toMatchObject({ key: 'a\ufffdb', summary: 'half \ufffd pair' });
  });

  it('does not let __proto__ touch a prototype', () => {
    const { labels, notes } = mapSignal(JSON.parse('{"key":"k","summary":"s","labels":{"__proto__":"x","a":"1"}}'));
    expect(labels).toEqual({ a: '1' });
    expect(Object.getPrototypeOf(labels)).toBe(Object.prototype);
    expect(notes.map((note) => note.code)).toEqual(['field_dropped']);
  });

  it('makes a storable alert of any JSON value whatever', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.record({ version: fc.jsonValue(), alerts: fc.jsonValue() })), (value) => {
        const sent = signalsIn(value);
        expect(sent.length).toBeGreaterThan(0);
        for (const signal of sent.map(({ fields }) => mapSignal(fields))) {
          expect(signal.key.length).toBeGreaterThan(0);
          expect(signal.summary.length).toBeGreaterThan(0);
          expect(JSON.stringify(signal)).not.toContain('\\u0000');
        }
      }),
    );
  });
});

describe('what a signal does to the alerts that are open', () => {
  const open = { id: 'alr_1', severity: 'warning', firingCount: 3 } as const;
  const firing = { key: 'k', status: 'firing', severity: 'warning' } as const;

  it('opens where nothing has its key', () => {
    expect(decideIntake(undefined, firing)).toMatchObject({
      outcome: 'opened',
      because: { code: 'no_open_alert_with_key', facts: { key: 'k', severity: 'warning' } },
    });
  });

  it('counts a repeat', () => {
    expect(decideIntake(open, firing)).toMatchObject({ outcome: 'repeated', because: { facts: { firingCount: 4 } } });
  });

  it('raises the severity and never lowers it', () => {
    expect(decideIntake(open, { ...firing, severity: 'critical' })).toMatchObject({
      outcome: 'raised',
      severity: 'critical',
      because: { facts: { from: 'warning', to: 'critical' } },
    });
    expect(decideIntake(open, { ...firing, severity: 'ticket' })).toMatchObject({ outcome: 'repeated', severity: 'warning' });
  });

  it('resolves what is open and says when there is nothing', () => {
    expect(decideIntake(open, { ...firing, status: 'resolved' })).toMatchObject({ outcome: 'resolved' });
    expect(decideIntake(undefined, { ...firing, status: 'resolved' })).toMatchObject({ outcome: 'nothing_open' });
  });
});

describe('a message of Alertmanager', () => {
  const alert = { status: 'resolved', labels: { alertname: 'Burn', severity: 'warning' }, fingerprint: 'a1' };
  const message = { version: '4', status: 'firing', groupKey: '{}:{}', alerts: [alert, { labels: { b: '1', a: '2' } }, 'torn'] };

  it('is a signal for each of its alerts, however little one says', () => {
    const signals = signalsIn(message).map(({ fields }) => mapSignal(fields));
    expect(signals.map(({ key, status, severity, summary }) => [key, status, severity, summary])).toEqual([
      ['a1', 'resolved', 'warning', 'Burn'],
      ['[["a","2"],["b","1"]]', 'firing', 'critical', '[["a","2"],["b","1"]]'],
      ['[]', 'firing', 'critical', '[]'],
    ]);
  });

  it('keeps each alert word for word in the message that it came in', () => {
    expect(signalsIn(message).map(({ raw }) => raw)).toEqual(message.alerts.map((one) => ({ ...message, alerts: [one] })));
  });

  it.each([[{ version: '4', alerts: [] }], [{ alerts: [alert] }], [{ version: '4', alerts: 'none' }], [null], ['text']])(
    'is not seen in %j, which is one signal as it stands',
    (item) => expect(signalsIn(item)).toEqual([{ raw: item, fields: item }]),
  );
});
