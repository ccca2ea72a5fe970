import { createContext, type PointerEvent, type ReactNode, useContext, useMemo, useState } from 'react';
import { useZone, writeTime } from '../../lib/zone.ts';
import { type Point, rise, type Scale, valueAt } from './scale.ts';

interface Shared {
  at: number | undefined;
  point: (at: number | undefined) => void;
}

const Context = createContext<Shared | undefined>(undefined);

/** Charts inside share one crosshair: pointing at one shows the same moment on all. */
export function CrosshairGroup({ children }: { children: ReactNode }) {
  const [at, point] = useState<number>();
  const shared = useMemo(() => ({ at, point }), [at]);
  return <Context value={shared}>{children}</Context>;
}

export function useCrosshair(from: number, to: number) {
  const group = useContext(Context);
  const [own, pointOwn] = useState<number>();
  const { at, point } = group ?? { at: own, point: pointOwn };
  return {
    at: at !== undefined && at >= from && at <= to ? at : undefined,
    handlers: {
      onPointerMove(event: PointerEvent<HTMLElement>) {
        const box = event.currentTarget.getBoundingClientRect();
        const ratio = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
        point(from + ratio * (to - from));
      },
      onPointerLeave() {
        point(undefined);
      },
    },
  };
}

export interface CrosshairLine {
  label: string;
  tone: 'counted' | 'quiet' | 'bad';
  points: readonly Point[];
}

const COLOUR = { counted: 'var(--chart-1)', quiet: 'var(--chart-2)', bad: 'var(--chart-bad)' };

export function CrosshairMark(props: {
  at: number;
  from: number;
  to: number;
  scale: Scale;
  lines: readonly CrosshairLine[];
  write: (value: number) => string;
}) {
  const where = useZone();
  const left = ((props.at - props.from) / (props.to - props.from)) * 100;
  const values = props.lines.map((line) => ({ ...line, value: valueAt(line.points, props.at) }));
  const isLong = props.to - props.from > 2 * 86_400_000;
  return (
    <div className="cross" style={{ left: `${left}%` }} aria-hidden="true">
      {values.map(
        (line) =>
          line.value !== null && (
            <i key={line.label} style={{ bottom: `${rise(props.scale, line.value) * 100}%`, borderColor: COLOUR[line.tone] }} />
          ),
      )}
      <div className={left > 60 ? 'read lft' : 'read'}>
        <b>{writeTime(props.at, isLong ? 'moment' : 'second', where)}</b>
        {values.map((line) => (
          <span key={line.label}>
            <i style={{ background: COLOUR[line.tone] }} />
            {line.label} <b>{line.value === null ? '—' : props.write(line.value)}</b>
          </span>
        ))}
      </div>
    </div>
  );
}
