import { type KeyboardEvent, type ReactNode, useId } from 'react';

export interface Tab<T extends string> {
  value: T;
  label: ReactNode;
  count?: number;
  panel: ReactNode;
}

/** Tabs over one panel. Keep `value` in the URL. Arrow keys move. */
export function Tabs<T extends string>(props: { label: string; tabs: readonly Tab<T>[]; value: T; onChange: (value: T) => void }) {
  const id = useId();
  const at = Math.max(
    0,
    props.tabs.findIndex((tab) => tab.value === props.value),
  );
  const chosen = props.tabs[at];
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = props.tabs.at((at + step) % props.tabs.length);
    if (step === 0 || next === undefined) return;
    event.preventDefault();
    props.onChange(next.value);
    document.getElementById(`${id}t${next.value}`)?.focus();
  };
  return (
    <div>
      <div className="tabs" role="tablist" aria-label={props.label} onKeyDown={onKeyDown}>
        {props.tabs.map((tab) => (
          <button
            key={tab.value}
            type="button"
            role="tab"
            id={`${id}t${tab.value}`}
            aria-selected={tab === chosen}
            aria-controls={`${id}p`}
            tabIndex={tab === chosen ? 0 : -1}
            onClick={() => props.onChange(tab.value)}
          >
            {tab.label}
            {tab.count !== undefined && <span className="count">{tab.count}</span>}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}p`} aria-labelledby={chosen === undefined ? undefined : `${id}t${chosen.value}`} className="tabpanel">
        {chosen?.panel}
      </div>
    </div>
  );
}
