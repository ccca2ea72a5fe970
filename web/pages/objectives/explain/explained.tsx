import { createContext, type ReactNode, use } from 'react';
import { type Asked, askedText } from './figures.ts';

export interface Explaining {
  open: Asked | undefined;
  ask: (asked: Asked | undefined) => void;
}

const Context = createContext<Explaining | undefined>(undefined);

export const EXPLAIN_PANEL_ID = 'explain';

export function ExplainProvider({ value, children }: { value: Explaining; children: ReactNode }) {
  return <Context value={value}>{children}</Context>;
}

/** A figure that opens its explanation; plain text on a page that shows none. */
export function Explained({ label, children, ...asked }: Asked & { label: string; children: ReactNode }) {
  const explaining = use(Context);
  if (explaining === undefined) return <>{children}</>;
  const isOpen = explaining.open !== undefined && askedText(explaining.open) === askedText(asked);
  return (
    <button
      type="button"
      className="figure-ask"
      aria-expanded={isOpen}
      aria-controls={isOpen ? EXPLAIN_PANEL_ID : undefined}
      title={`Explain ${label}`}
      onClick={() => explaining.ask(isOpen ? undefined : asked)}
    >
      {children}
      <span className="sr">, explain {label}</span>
    </button>
  );
}
