import { capital } from '../../lib/words.ts';
import { Panel } from '../../ui/panel.tsx';
import { ZoneName } from '../../ui/time/time.tsx';
import { Timeline, type TimelineEntry } from '../../ui/timeline.tsx';
import type { PageDetail } from './alert-look.tsx';
import type { AlertDetail } from './alert-page.tsx';
import type { IconName } from '../../ui/icons.tsx';

type Event = AlertDetail['timeline'][number];

const LOOK: Record<string, { icon: IconName; tone?: 'hot' | 'good' | 'pub' }> = {
  no_open_alert_with_key: { icon: 'bell', tone: 'hot' },
  severity_rose: { icon: 'up', tone: 'hot' },
  sender_resolved: { icon: 'check', tone: 'good' },
  resolved_by_hand: { icon: 'check', tone: 'good' },
  acknowledged: { icon: 'person', tone: 'good' },
  alert_over: { icon: 'check', tone: 'good' },
  policy_begins: { icon: 'phone', tone: 'hot' },
  not_acknowledged_in_time: { icon: 'clock' },
  nobody_on_call_skipped: { icon: 'right' },
  round_begins_again: { icon: 'undo' },
  policy_ran_out: { icon: 'incident', tone: 'hot' },
  no_policy: { icon: 'incident', tone: 'hot' },
};

function entry(event: Event): TimelineEntry {
  const look = LOOK[event.because.code] ?? LOOK[event.kind] ?? { icon: 'right' as const };
  return {
    key: `${event.kind} ${event.id}`,
    at: event.at,
    icon: look.icon,
    ...(look.tone !== undefined && { tone: look.tone }),
    line: (
      <>
        {capital(event.because.text)} <span className="mute">{event.actor.kind === 'system' ? '' : event.actor.name}</span>
      </>
    ),
  };
}

/** The alert's and its page's story as one, newest first. */
export function AlertTimeline({ alert, page }: { alert: AlertDetail; page: PageDetail | undefined }) {
  const told = new Set<string>();
  // The alert and its page both note the same moments; each is told once.
  const events = [...alert.timeline, ...(page?.timeline ?? [])].filter((event) => {
    const moment = `${event.at.slice(0, 19)} ${event.because.text}`;
    return !told.has(moment) && told.add(moment);
  });
  const entries = events.toSorted((a, b) => b.at.localeCompare(a.at)).map(entry);
  return (
    <Panel
      title="Timeline"
      end={
        <>
          newest first, <ZoneName />
        </>
      }
    >
      <Timeline entries={entries} exact />
    </Panel>
  );
}
