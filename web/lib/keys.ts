import { useEffect, useRef } from 'react';

export interface KeyCommand {
  /** One key as `c`, or a sequence of two as `g n`. */
  keys: string;
  label: string;
  group: string;
  run: () => void;
}

interface Layer {
  commands: readonly KeyCommand[];
}

// The layer added last wins, so that a page may take a key over from the frame.
const layers: Layer[] = [];
let pending: { key: string; at: number } | undefined;

const SEQUENCE_MS = 1200;

function find(keys: string): KeyCommand | undefined {
  for (const layer of layers.toReversed()) {
    const hit = layer.commands.find((command) => command.keys === keys);
    if (hit !== undefined) return hit;
  }
  return undefined;
}

function startsSequence(key: string): boolean {
  return layers.some((layer) => layer.commands.some((command) => command.keys.startsWith(`${key} `)));
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest('input, textarea, select, [role="dialog"], [role="menu"]') !== null;
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
  const first = pending !== undefined && event.timeStamp - pending.at < SEQUENCE_MS ? pending.key : undefined;
  pending = undefined;
  const command = first === undefined ? find(event.key) : find(`${first} ${event.key}`);
  if (command !== undefined) {
    event.preventDefault();
    command.run();
  } else if (startsSequence(event.key)) {
    pending = { key: event.key, at: event.timeStamp };
  }
}

/** Keys live while the component does. Commands may change with every render; the newest run. */
export function useKeys(commands: readonly KeyCommand[]): void {
  const layer = useRef<Layer>({ commands });
  layer.current.commands = commands;
  useEffect(() => {
    const mine = layer.current;
    if (layers.length === 0) addEventListener('keydown', onKey);
    layers.push(mine);
    return () => {
      layers.splice(layers.indexOf(mine), 1);
      if (layers.length === 0) removeEventListener('keydown', onKey);
    };
  }, []);
}

/** All keys that work now, for the help dialog: what a page takes over is shown once. */
export function currentKeys(): KeyCommand[] {
  const seen = new Map<string, KeyCommand>();
  for (const layer of layers.toReversed()) {
    for (const command of layer.commands) if (!seen.has(command.keys)) seen.set(command.keys, command);
  }
  return [...seen.values()];
}

/** Moves focus to the next or the one before of the page's rows: the first link of each `[data-row]`. */
export function moveRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[at === -1 ? (step === 1 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step))];
  // ⏎ opens a row, so its link is taken before any button that would act.
  const link =
    next?.matches('a, button') === true ? next : (next?.querySelector<HTMLElement>('a') ?? next?.querySelector<HTMLElement>('button'));
  link?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.userAgent);
export const COMMAND_K = IS_MAC ? '⌘K' : 'Ctrl K';
export const COMMAND_ENTER = IS_MAC ? '⌘⏎' : 'Ctrl ⏎';
