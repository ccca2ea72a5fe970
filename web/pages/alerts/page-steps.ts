import type { Delivery, PageDetail } from './alert-look.tsx';
import { channelInline, channelLook, isNotSetUp } from './alert-look.tsx';
import type { IconName } from '../../ui/icons.tsx';

/** One thing that has been done for a page, or comes next if nobody acknowledges. */
export interface PageStep {
  key: string;
  who: string;
  how: string | undefined;
  /** The same inside a sentence. */
  inline?: string;
  icon: IconName;
  state: 'done' | 'failed' | 'unset' | 'next' | 'later' | 'off';
  at: string | null;
}

/** The notices of the step that runs, then the steps behind it; the first one still to come is `next`. */
export function pageSteps(page: Pick<PageDetail, 'state' | 'deliveries' | 'ladder'>, meId: string): PageStep[] {
  const name = (person: { id: string; name: string }) => (person.id === meId ? 'You' : person.name);
  const isOver = page.state === 'acknowledged' || page.state === 'ended';
  const notices = page.deliveries
    .filter((delivery) => delivery.state !== 'cancelled' || isOver)
    .toSorted((a, b) => a.dueAt.localeCompare(b.dueAt))
    .map(
      (delivery): PageStep => ({
        key: delivery.id,
        who: name({ id: delivery.personId, name: delivery.personName }),
        how: channelLook(delivery.channel).word,
        inline: channelInline(delivery.channel),
        icon: channelLook(delivery.channel).icon,
        ...(isNotSetUp(delivery, page.deliveries) ? { state: 'unset', at: null } : noticeState(delivery, isOver)),
      }),
    );
  const ladder = page.ladder
    .filter((step) => step.state === 'waiting')
    .map(
      (step): PageStep => ({
        key: `step ${step.step}`,
        who: step.people.length === 0 ? step.targets.join(', ') : step.people.map(name).join(', '),
        how: undefined,
        icon: 'person',
        state: isOver || step.at === null ? 'off' : 'later',
        at: step.at,
      }),
    );
  const steps = [...notices, ...ladder].slice(-7);
  const next = steps.find((step) => step.state === 'later');
  return steps.map((step) => (step === next ? { ...step, state: 'next' } : step));
}

function noticeState(delivery: Delivery, isOver: boolean): Pick<PageStep, 'state' | 'at'> {
  switch (delivery.state) {
    case 'sent':
    case 'delivered':
      return { state: 'done', at: delivery.finishedAt ?? delivery.queuedAt };
    case 'failed':
      return { state: 'failed', at: delivery.finishedAt };
    case 'cancelled':
      return { state: 'off', at: null };
    case 'queued':
    case 'sending':
      return isOver ? { state: 'off', at: null } : { state: 'later', at: delivery.dueAt };
  }
}
