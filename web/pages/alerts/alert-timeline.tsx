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

function entry(event: Event, from: string): TimelineEntry {
  const look = LOOK[event.because.code] ?? LOOK[event.kind] ?? { icon: 'right' as const };
  return {
    key: from + event.id,
    at: event.at,
    icon: look.icon,
    ...(look.tone !== undefined && { tone: look.tone }),
    line: (
      <>
        {event.because.text} <span className="mute">{event.actor.kind === 'system' ? '' : event.actor.name}</span>
      </>
    ),
  };
}

/** The alert's and its page's story as one, newest first. */
export function AlertTimeline({ alert, page }: { alert: AlertDetail; page: PageDetail | undefined }) {
  const entries = [...alert.timeline.map((event) => entry(event, 'a')), ...(page?.timeline ?? []).map((event) => entry(event, 'p'))];
  entries.sort((a, b) => String(b.at).localeCompare(String(a.at)));
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
