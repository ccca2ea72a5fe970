import { type ReactNode, useSyncExternalStore } from 'react';
import { Button } from '../button.tsx';
import { Icon } from '../icons.tsx';

interface Message {
  id: number;
  text: ReactNode;
  act?: { label: string; run: () => void };
}

const STAYS_MS = 7000;
let current: Message | undefined;
let made = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function change(next: Message | undefined): void {
  current = next;
  clearTimeout(timer);
  for (const listener of listeners) listener();
  if (next !== undefined) timer = setTimeout(() => change(undefined), STAYS_MS);
}

/** Says that something succeeded, once, with at most one way back. Errors never come this way. */
export function toast(text: ReactNode, act?: Message['act']): void {
  made += 1;
  change({ id: made, text, ...(act && { act }) });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Stands once in the frame. */
export function Toaster() {
  const message = useSyncExternalStore(subscribe, () => current);
  return (
    <div role="status" aria-live="polite">
      {message !== undefined && (
        <div className="toast fixed" key={message.id} onPointerEnter={() => clearTimeout(timer)} onPointerLeave={() => change(message)}>
          <Icon name="check" />
          <span>{message.text}</span>
          {message.act !== undefined && <ToastAct act={message.act} />}
        </div>
      )}
    </div>
  );
}

function ToastAct({ act }: { act: { label: string; run: () => void } }) {
  const run = () => {
    change(undefined);
    act.run();
  };
  return (
    <Button kind="ghost" onClick={run}>
      {act.label}
    </Button>
  );
}
