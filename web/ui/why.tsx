import { type ReactNode, useEffect, useRef } from 'react';
import { capital } from '../lib/words.ts';
import { type Fact, factRows } from './facts.tsx';

/** Why a decision fell as it did: the shape the server sends with every state. */
export interface Reason {
  code: string;
  text: string;
  facts: Readonly<Record<string, Fact>>;
}

/** One line of a sum; a `total` is drawn under a rule. */
export interface SumRow {
  label: ReactNode;
  value: ReactNode;
  kind?: 'row' | 'total' | 'note';
}

export interface WhyProps {
  /** The dotted question, as "Why me?"; leave it out when `chip` is given. */
  ask?: ReactNode;
  /** A state chip that opens its reason. */
  chip?: { className: string; body: ReactNode };
  title?: ReactNode;
  reason?: Reason | undefined;
  reasons?: readonly Reason[];
  sum?: readonly SumRow[];
  foot?: ReactNode;
  children?: ReactNode;
  side?: 'left' | 'right';
}

/** A state that opens its reason. A popover; on a phone a sheet at the bottom. Esc closes and gives the focus back. */
export function Why({ ask, chip, title, reason, reasons, sum, foot, children, side = 'left' }: WhyProps) {
  const box = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      const details = box.current;
      if (details === null || !details.open) return;
      if (event instanceof KeyboardEvent) {
        if (event.key !== 'Escape') return;
        details.querySelector('summary')?.focus();
      } else if (event.target instanceof Node && details.contains(event.target)) {
        return;
      }
      details.open = false;
    };
    document.addEventListener('keydown', close);
    document.addEventListener('click', close);
    return () => {
      document.removeEventListener('keydown', close);
      document.removeEventListener('click', close);
    };
  }, []);
  const all = reasons ?? (reason === undefined ? [] : [reason]);
  return (
    <details className="why" ref={box} onToggle={(event) => keepInSight(event.currentTarget)}>
      <summary className={chip === undefined ? 'ask' : chip.className}>{chip === undefined ? (ask ?? 'Why?') : chip.body}</summary>
      <div className={side === 'right' ? 'pop right' : 'pop'}>
        {title !== undefined && <b className="ph">{title}</b>}
        {all.map((one, at) => (
          <ReasonLine key={one.code + one.text} reason={one} number={all.length > 1 ? at + 1 : undefined} />
        ))}
        {children}
        {sum !== undefined && <Sum rows={sum} />}
        {foot !== undefined && <p className="foot">{foot}</p>}
      </div>
    </details>
  );
}

function ReasonLine({ reason, number }: { reason: Reason; number: number | undefined }) {
  const facts = factRows(reason.facts);
  return (
    <div className="because">
      <p>
        {number !== undefined && `${number}. `}
        {capital(reason.text)}
      </p>
      {facts.length > 0 && <Sum rows={facts} />}
    </div>
  );
}

function Sum({ rows }: { rows: readonly SumRow[] }) {
  return (
    <div className="sum">
      {rows.map((row, at) => {
        const className = row.kind === 'total' ? 't' : row.kind === 'note' ? 'soft' : undefined;
        return [
          <span key={`l${at}`} className={className}>
            {row.label}
          </span>,
          <span key={`v${at}`} className={className}>
            {row.value}
          </span>,
        ];
      })}
    </div>
  );
}

/** A popover that would leave the window opens to the other side. Sheets on phones are fixed and need nothing. */
function keepInSight(details: HTMLDetailsElement): void {
  const pop = details.querySelector<HTMLElement>('.pop');
  if (!details.open || pop === null) return;
  const edge = pop.getBoundingClientRect();
  if (edge.right > innerWidth - 8) pop.classList.add('right');
  else if (edge.left < 8) pop.classList.remove('right');
}
