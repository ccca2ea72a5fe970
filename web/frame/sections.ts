import type { IconName } from '../ui/icons.tsx';

export type SectionPath =
  | '/'
  | '/alerts'
  | '/incidents'
  | '/on-call'
  | '/objectives'
  | '/services'
  | '/changes'
  | '/postmortems'
  | '/actions'
  | '/settings';

export interface Section {
  path: SectionPath;
  label: string;
  icon: IconName;
  /** The second key after `g`. */
  key?: string;
  /** One of the four tabs of a phone; the rest are under More. */
  tab?: boolean;
  /** Stands apart at the foot of the list. */
  apart?: boolean;
}

/** What the rail, the tab bar, the palette and the keys are made from. A section is listed once it exists. */
export const SECTIONS: readonly Section[] = [
  { path: '/', label: 'Now', icon: 'now', key: 'n', tab: true },
  { path: '/alerts', label: 'Alerts', icon: 'bell', key: 'a', tab: true },
  { path: '/incidents', label: 'Incidents', icon: 'incident', key: 'i', tab: true },
  { path: '/on-call', label: 'On-call', icon: 'phone', key: 'o', tab: true },
  { path: '/objectives', label: 'Objectives', icon: 'target', key: 's' },
  { path: '/services', label: 'Services', icon: 'service' },
  { path: '/changes', label: 'Changes', icon: 'change' },
  { path: '/postmortems', label: 'Postmortems', icon: 'document', key: 'p' },
  { path: '/actions', label: 'Actions', icon: 'action' },
  { path: '/settings', label: 'Settings', icon: 'settings', apart: true },
];

/** The section a path lies in: `/alerts/alr_1` is in Alerts. */
export function sectionOf(pathname: string): Section | undefined {
  return SECTIONS.find((section) =>
    section.path === '/' ? pathname === '/' : pathname === section.path || pathname.startsWith(`${section.path}/`),
  );
}
