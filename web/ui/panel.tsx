import { type ReactNode, useId } from 'react';
import { Icon, type IconName } from './icons.tsx';

/** A bordered surface with a head. `flush` bodies bring their own padding (tables, lists). */
export function Panel(props: {
  title?: ReactNode;
  icon?: IconName;
  end?: ReactNode;
  flush?: boolean;
  className?: string;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section
      className={`panel${props.className === undefined ? '' : ` ${props.className}`}`}
      aria-labelledby={props.title === undefined ? undefined : id}
    >
      {props.title !== undefined && (
        <header>
          {props.icon !== undefined && <Icon name={props.icon} />}
          <h2 id={id}>{props.title}</h2>
          {props.end !== undefined && <span className="end">{props.end}</span>}
        </header>
      )}
      {props.flush === true ? props.children : <div className="pad">{props.children}</div>}
    </section>
  );
}

/** A section with its head above, on the page itself. */
export function Section(props: { title: ReactNode; count?: ReactNode; lead?: ReactNode; end?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <div className="sec-head">
        <h2 id={id}>{props.title}</h2>
        {props.count !== undefined && <span className="count">{props.count}</span>}
        {props.lead !== undefined && <span className="lead">{props.lead}</span>}
        {props.end}
      </div>
      {props.children}
    </section>
  );
}

/** The head of a page: chips or a line above, the title, a sentence, and what can be done. */
export function PageHead(props: {
  above?: ReactNode;
  title: ReactNode;
  beside?: ReactNode;
  lead?: ReactNode;
  acts?: ReactNode;
  near?: boolean;
}) {
  return (
    <div className={props.near === true ? 'head near' : 'head'}>
      <div className="grow">
        {props.above}
        {props.beside === undefined ? (
          <h1>{props.title}</h1>
        ) : (
          <div className="row wrap">
            <h1>{props.title}</h1>
            {props.beside}
          </div>
        )}
        {props.lead !== undefined && <p>{props.lead}</p>}
      </div>
      {props.acts !== undefined && <div className="row wrap acts">{props.acts}</div>}
    </div>
  );
}

export function Figures({ dock = false, children }: { dock?: boolean; children: ReactNode }) {
  return <div className={dock ? 'figs dock' : 'figs'}>{children}</div>;
}

/** One large number. `explain` is a `Why`; `below` puts the label under the number, as in documents. */
export function Figure(props: { label: ReactNode; value: ReactNode; unit?: string; hot?: boolean; explain?: ReactNode; below?: boolean }) {
  const number = (
    <b className={props.hot === true ? 'tx-red' : undefined}>
      {props.value}
      {props.unit !== undefined && <small>{`\u00a0${props.unit}`}</small>}
    </b>
  );
  const label = (
    <span>
      {props.label} {props.explain}
    </span>
  );
  return props.below === true ? (
    <div className="fig">
      {number}
      {label}
    </div>
  ) : (
    <div className="fig">
      {label}
      {number}
    </div>
  );
}

export interface Pair {
  label: ReactNode;
  value: ReactNode;
}

export function KeyValue({ items, className }: { items: readonly Pair[]; className?: string }) {
  return (
    <dl className={`kv num${className === undefined ? '' : ` ${className}`}`}>
      {items.map((item, at) => (
        <PairRow key={at} {...item} />
      ))}
    </dl>
  );
}

function PairRow({ label, value }: Pair) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </>
  );
}

/** The strip of facts under a title: label above, value below. */
export function Facts({ items }: { items: readonly { label: ReactNode; value: ReactNode; wide?: boolean; desktopOnly?: boolean }[] }) {
  return (
    <dl className="facts">
      {items.map((item, at) => (
        <div
          key={at}
          className={[item.wide === true ? 'wide' : '', item.desktopOnly === true ? 'no-phone' : ''].join(' ').trim() || undefined}
        >
          <dt>{item.label}</dt>
          <dd>{item.value}</dd>
        </div>
      ))}
    </dl>
  );
}
