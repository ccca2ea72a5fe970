import type { Instant } from '#kernel/instant.ts';
import type { Channel, OutgoingNotice, SendOutcome } from '#modules/notify/index.ts';
import type { Clock } from '#platform/clock.ts';

export interface Collected extends OutgoingNotice {
  at: Instant;
  channel: Channel['name'];
}

/** Channels that keep what they were given: the outside world of scenarios. */
export interface Collector {
  channels: Channel[];
  sent: Collected[];
  /** What the next sends of a channel come to, one each; then `delivered` again. */
  answer(channel: Channel['name'], ...outcomes: SendOutcome[]): void;
  /** Called before each send is kept; a throw stands for a crash in the middle of the call. */
  onSend?: (() => void) | undefined;
}

export function createCollector(clock: Clock): Collector {
  const planned = new Map<string, SendOutcome[]>();
  const sent: Collected[] = [];
  const collector: Collector = {
    sent,
    answer: (channel, ...outcomes) => planned.set(channel, [...(planned.get(channel) ?? []), ...outcomes]),
    channels: (['app', 'email', 'webhook'] as const).map((name) => ({
      name,
      send: (message) => {
        collector.onSend?.();
        sent.push({ ...message, at: clock.now(), channel: name });
        return Promise.resolve(planned.get(name)?.shift() ?? { kind: 'delivered', reference: null });
      },
    })),
  };
  return collector;
}
