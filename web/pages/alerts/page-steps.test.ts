import { describe, expect, it } from 'vitest';
import type { Delivery, PageDetail } from './alert-look.tsx';
import { pageSteps } from './page-steps.ts';

const mara = { id: 'per_m', name: 'Mara Lindqvist' };
const tomas = { id: 'per_t', name: 'Tomás Rey' };

function delivery(id: string, channel: string, state: Delivery['state'], dueAt: string): Delivery {
  return {
    id,
    event: 'page.raised',
    personId: mara.id,
    personName: mara.name,
    channel,
    target: '',
    state,
    because: { code: 'x', text: 'x', facts: {} },
    queuedAt: dueAt,
    dueAt,
    finishedAt: state === 'queued' ? null : dueAt,
    attempts: [],
  };
}

function page(
  state: PageDetail['state'],
  deliveries: Delivery[],
  nextAt: string | null,
): Pick<PageDetail, 'state' | 'deliveries' | 'ladder'> {
  return {
    state,
    deliveries,
    ladder: [
      { step: 0, people: [mara], targets: ['primary'], at: '2026-11-19T02:04:00Z', state: 'current' },
      { step: 1, people: [tomas], targets: ['secondary'], at: nextAt, state: 'waiting' },
    ],
  };
}

const SENT = delivery('1', 'app', 'delivered', '2026-11-19T02:04:00Z');
const WAITING = delivery('2', 'email', 'queued', '2026-11-19T02:06:00Z');

describe('what happens next on a page', () => {
  it('is the notice that waits, then the people behind it', () => {
    const steps = pageSteps(page('open', [WAITING, SENT], '2026-11-19T02:19:00Z'), mara.id);
    expect(steps.map(({ who, how, state }) => [who, how, state])).toEqual([
      ['You', 'In Nines', 'done'],
      ['You', 'E-mail', 'next'],
      ['Tomás Rey', undefined, 'later'],
    ]);
  });

  it('is the next person once every notice is out', () => {
    const steps = pageSteps(page('open', [SENT], '2026-11-19T02:19:00Z'), tomas.id);
    expect(steps.map(({ who, state }) => [who, state])).toEqual([
      ['Mara Lindqvist', 'done'],
      ['You', 'next'],
    ]);
  });

  it('is nothing after somebody acknowledged', () => {
    const steps = pageSteps(page('acknowledged', [SENT, { ...WAITING, state: 'cancelled' }], null), mara.id);
    expect(steps.map(({ state }) => state)).toEqual(['done', 'off', 'off']);
  });
});
