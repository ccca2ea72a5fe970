import { useSyncExternalStore } from 'react';
import { queries } from './queries.ts';

// Which answers an event makes stale, by the first word of its name. A word that is not here renews its own module.
const RENEWS: Readonly<Record<string, readonly string[]>> = {
  alert: ['alerts', 'escalation', 'incidents'],
  integration: ['alerts'],
  page: ['escalation', 'alerts', 'incidents'],
  notice: ['notify', 'escalation'],
  delivery: ['notify', 'escalation'],
  contactMethod: ['notify'],
  schedule: ['oncall', 'escalation'],
  override: ['oncall', 'escalation'],
  shift: ['oncall', 'escalation'],
  signal: ['signals', 'slo'],
  objective: ['slo', 'releases', 'incidents'],
  budget: ['slo', 'releases'],
  burn: ['slo', 'alerts'],
  incident: ['incidents', 'escalation', 'releases', 'statuspage', 'postmortems', 'slo'],
  change: ['changes', 'releases', 'incidents', 'slo'],
  freeze: ['releases'],
  gate: ['releases'],
  service: ['catalog'],
  postmortem: ['postmortems'],
  action: ['postmortems'],
  update: ['statuspage', 'incidents'],
  person: ['identity'],
  key: ['identity'],
};

export type LiveState = { kind: 'live' } | { kind: 'connecting' } | { kind: 'lost'; since: number };

const RETRY_MS = [1000, 2000, 4000, 8000, 15_000];
// Many events of one burst become one reading.
const GATHER_MS = 250;

let state: LiveState = { kind: 'connecting' };
let source: EventSource | undefined;
let failures = 0;
let retry: ReturnType<typeof setTimeout> | undefined;
let gather: ReturnType<typeof setTimeout> | undefined;
const stale = new Set<string>();
const listeners = new Set<() => void>();

function become(next: LiveState): void {
  state = next;
  for (const listener of listeners) listener();
}

function renew(modules: readonly string[]): void {
  for (const module of modules) stale.add(module);
  gather ??= setTimeout(() => {
    gather = undefined;
    const gathered = [...stale];
    stale.clear();
    for (const module of gathered) void queries.invalidateQueries({ queryKey: [module] });
  }, GATHER_MS);
}

/** The modules whose answers an event makes stale. */
function modulesOf(eventName: string): readonly string[] {
  const noun = eventName.split('.')[0] ?? '';
  return RENEWS[noun] ?? [noun];
}

function onMessage(event: MessageEvent<string>): void {
  const data: unknown = JSON.parse(event.data);
  if (typeof data === 'object' && data !== null && 'name' in data && typeof data.name === 'string') renew(modulesOf(data.name));
}

function open(): void {
  const current = new EventSource('/api/v1/events');
  source = current;
  current.onopen = () => {
    // What happened while the line was down was not heard: everything on screen is read again.
    if (state.kind === 'lost') void queries.invalidateQueries();
    failures = 0;
    become({ kind: 'live' });
  };
  current.onmessage = onMessage;
  current.addEventListener('reset', () => void queries.invalidateQueries());
  current.onerror = () => {
    if (state.kind !== 'lost') become({ kind: 'lost', since: Date.now() });
    // The browser retries a dropped line by itself, but not an answer that was refused.
    if (current.readyState === EventSource.CLOSED) retryLater();
  };
}

function retryLater(): void {
  clearTimeout(retry);
  retry = setTimeout(open, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
  failures += 1;
}

/** Listens for as long as somebody is signed in. Answers how to stop. */
export function listen(): () => void {
  open();
  return () => {
    clearTimeout(retry);
    source?.close();
    source = undefined;
    become({ kind: 'connecting' });
  };
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useLive(): LiveState {
  return useSyncExternalStore(subscribe, () => state);
}
