import type { ReactNode } from 'react';
import { Icon, type IconName } from './icons.tsx';

export type NoteTone = 'plain' | 'caution' | 'hot' | 'bad' | 'good';

const MARK: Record<NoteTone, IconName> = { plain: 'right', caution: 'lock', hot: 'incident', bad: 'incident', good: 'check' };

/** Says what happened, what was kept, what to do. Errors are notes in place, never toasts. */
export function Note({ tone = 'plain', icon, act, children }: { tone?: NoteTone; icon?: IconName; act?: ReactNode; children: ReactNode }) {
  return (
    <div className={tone === 'plain' ? 'note' : `note ${tone}`} role={tone === 'bad' ? 'alert' : undefined}>
      <Icon name={icon ?? MARK[tone]} />
      <div className="grow">{children}</div>
      {act}
    </div>
  );
}

/** Nothing here yet: what it is for, the next step to copy, and a live wait for the first event. */
export function Empty({
  title,
  children,
  snippet,
  wait,
  act,
}: {
  title: ReactNode;
  children?: ReactNode;
  snippet?: string;
  wait?: string;
  act?: ReactNode;
}) {
  return (
    <div className="empty">
      <b className="strong">{title}</b>
      {children !== undefined && <div className="soft">{children}</div>}
      {snippet !== undefined && <Snippet text={snippet} />}
      {act}
      {wait !== undefined && (
        <span className="wait">
          <i />
          {wait}
        </span>
      )}
    </div>
  );
}

export function Snippet({ text, quiet = false }: { text: string; quiet?: boolean }) {
  return (
    <div className="snip">
      <pre tabIndex={0}>{text}</pre>
      <CopyButton text={text} quiet={quiet} />
    </div>
  );
}

function CopyButton({ text, quiet = false, label = 'Copy' }: { text: string; quiet?: boolean; label?: string }) {
  const copy = (button: HTMLButtonElement) => {
    void navigator.clipboard.writeText(text).then(
      () => flash(button, 'Copied'),
      () => flash(button, 'Select and copy'),
    );
  };
  return (
    <button
      type="button"
      className={quiet ? 'btn ghost' : 'btn'}
      aria-label={quiet ? 'Copy the command' : undefined}
      onClick={(event) => copy(event.currentTarget)}
    >
      <Icon name="copy" />
      {!quiet && <span>{label}</span>}
    </button>
  );
}

function flash(button: HTMLButtonElement, word: string): void {
  const label = button.querySelector('span');
  if (label === null) {
    button.title = word;
    return;
  }
  const before = label.textContent;
  label.textContent = word;
  setTimeout(() => {
    label.textContent = before;
  }, 1600);
}

const WIDTHS = [62, 48, 55, 70, 44, 58];

/** Rows that load. Skeletons, not spinners. */
export function SkeletonRows({ rows = 3, label = 'Loading' }: { rows?: number; label?: string }) {
  return (
    <div className="list" role="group" aria-busy="true" aria-label={label}>
      {Array.from({ length: rows }, (_, at) => (
        <div className="li" key={at}>
          <span className="skel" style={{ width: `${WIDTHS[at % WIDTHS.length]}%` }} />
          <span className="skel end" style={{ width: 54 }} />
        </div>
      ))}
    </div>
  );
}

export function SkeletonBlock({ height }: { height: number }) {
  return <span className="skel block" style={{ height }} aria-hidden="true" />;
}
