import type { ReactNode } from 'react';
import { useZone, writeTime } from '../../lib/zone.ts';
import { vars } from '../budget.tsx';
import { ChangeWords } from './change-words.tsx';
import { CrosshairMark, useCrosshair } from './crosshair.tsx';
import { areaPath, dotPath, linePath, type Point, rise, type Scale, timeTicks, x, y } from './scale.ts';
import { useWidth } from './width.ts';

export interface Series {
  label: string;
  points: readonly Point[];
  tone: 'counted' | 'quiet' | 'bad';
  fill?: boolean;
  /** Writes the last value beside its point. */
  end?: boolean;
}

export interface LineChartProps {
  /** What the chart shows, in a sentence, for those who do not see it. */
  label: string;
  from: number;
  to: number;
  scale: Scale;
  series: readonly Series[];
  write: (value: number) => string;
  title?: ReactNode;
  acts?: ReactNode;
  height?: number;
  bands?: readonly { from: number; to: number; label?: string }[];
  changes?: readonly { at: number; label: string }[];
  levels?: readonly { value: number; label: string; below?: boolean }[];
  threshold?: { value: number; label: string };
  projection?: readonly Point[];
  projectionLabel?: string;
  marks?: readonly { at: number; value: number; label: string; colour: string }[];
  now?: number;
  /** Hides the words of the time axis, for a chart above another of the same range. */
  bare?: boolean;
}

const LINE = { counted: 'l1', quiet: 'l2', bad: 'lb' };
const COLOUR = { counted: 'var(--chart-1)', quiet: 'var(--chart-2)', bad: 'var(--chart-bad)' };

/** Lines over time. The svg stretches; every word is html on top of it. Point at it for the values of a moment. */
export function LineChart(props: LineChartProps) {
  const { from, to, scale, series } = props;
  const cross = useCrosshair(from, to);
  const [width, measure] = useWidth();
  // Charts above one another keep the same margins, so that their moments stand in one line.
  const hasEnd = props.now !== undefined || series.some((line) => line.end === true);
  const longest = Math.max(5, ...scale.ticks.map((tick) => tick.label.length));
  return (
    <figure className="chart">
      <figcaption>
        {props.title !== undefined && <h3>{props.title}</h3>}
        <Keys {...props} />
        {props.acts}
      </figcaption>
      <div
        className={props.bare === true ? 'plot bare' : 'plot'}
        style={vars({ '--h': `${props.height ?? 160}px`, '--mrp': hasEnd ? '44px' : '0px', '--ml': `${14 + longest * 7}px` })}
        role="img"
        aria-label={props.label}
        ref={measure}
        {...cross.handlers}
      >
        <svg viewBox="0 0 1000 400" preserveAspectRatio="none" aria-hidden="true">
          <Strokes {...props} />
        </svg>
        <Words {...props} width={width} />
        {cross.at !== undefined && <CrosshairMark at={cross.at} from={from} to={to} scale={scale} lines={series} write={props.write} />}
      </div>
    </figure>
  );
}

function Keys({ series, threshold, projection, projectionLabel, bands, changes }: LineChartProps) {
  return (
    <>
      {series.map((line) => (
        <span key={line.label} className={line.tone === 'counted' ? 'key' : line.tone === 'quiet' ? 'key k2' : 'key bad'}>
          <i />
          {line.label}
        </span>
      ))}
      {threshold !== undefined && <Key kind="thr" label={threshold.label} />}
      {projection !== undefined && <Key kind="dash bad" label={projectionLabel ?? 'at this burn'} />}
      {bands !== undefined && bands.length > 0 && <Key kind="band no-phone" label="incident" />}
      {changes !== undefined && changes.length > 0 && <Key kind="chg no-phone" label="change" />}
    </>
  );
}

function Key({ kind, label }: { kind: string; label: string }) {
  return (
    <span className={`key ${kind}`}>
      <i />
      {label}
    </span>
  );
}

function Strokes({ from, to, scale, series, bands, changes, levels, threshold, projection, now }: LineChartProps) {
  const across = (value: number, className: string, key: string) => (
    <line key={key} className={className} x1="0" x2="1000" y1={y(scale, value)} y2={y(scale, value)} />
  );
  const down = (at: number, className: string, key: string) => (
    <line key={key} className={className} x1={x(at, from, to)} x2={x(at, from, to)} y1="0" y2="400" />
  );
  return (
    <>
      {scale.ticks.map((tick, at) => across(tick.value, tick.value === 0 || at === 0 ? 'grid zero' : 'grid', `t${tick.value}`))}
      {bands?.map((band) => (
        <g key={band.from}>
          <rect
            className="band"
            x={x(band.from, from, to)}
            width={Math.max(2, x(band.to, from, to) - x(band.from, from, to))}
            y="0"
            height="400"
          />
          {band.from >= from && down(band.from, 'band-e', 'edge')}
        </g>
      ))}
      {levels?.map((level) => across(level.value, 'lev', `l${level.value}`))}
      {threshold !== undefined && across(threshold.value, 'thr', 'thr')}
      {series.map((line) => (
        <g key={line.label}>
          {line.fill === true && <path className={line.tone === 'bad' ? 'ab' : 'a1'} d={areaPath(line.points, from, to, scale)} />}
          <path className={LINE[line.tone]} d={linePath(line.points, from, to, scale)} />
          <path className={`${LINE[line.tone]} lone`} d={dotPath(line.points, from, to, scale)} />
        </g>
      ))}
      {projection !== undefined && <path className="proj" d={linePath(projection, from, to, scale)} />}
      {changes?.map((change) => down(change.at, 'chg', `c${change.at}${change.label}`))}
      {now !== undefined && now >= from && now <= to && down(now, 'nowl', 'now')}
    </>
  );
}

function Words(props: LineChartProps & { width: number }) {
  const { from, to, scale, series, bands, changes, levels, threshold, marks, projection, now, write, bare, width } = props;
  // Words near the right edge go to the left of their point. A phone keeps a margin there, where they fit.
  const edge = 100 - ((width < 340 ? 8 : 48) / width) * 100;
  const left = (at: number) => ((at - from) / (to - from)) * 100;
  const bottom = (value: number) => rise(scale, value) * 100;
  return (
    <>
      {scale.ticks.map((tick) => (
        <span key={tick.value} className="tx y" style={{ bottom: `${bottom(tick.value)}%` }}>
          {tick.label}
        </span>
      ))}
      {levels?.map((level) => (
        <span
          key={level.value}
          className={level.below === true ? 'tx in below' : 'tx in'}
          style={{ left: 0, bottom: `${bottom(level.value)}%` }}
        >
          {level.label}
        </span>
      ))}
      {threshold !== undefined && (
        <span className="tx in" style={{ left: 0, bottom: `${bottom(threshold.value)}%` }}>
          {threshold.label}
        </span>
      )}
      {bands?.map(
        (band) =>
          band.label !== undefined && (
            <span
              key={band.from}
              className={left(band.from) > edge ? 'tx lab in lft' : 'tx lab in'}
              style={{ left: `${Math.max(0, left(band.from))}%`, top: 3 }}
            >
              {band.label}
            </span>
          ),
      )}
      <ChangeWords changes={(changes ?? []).map((change) => ({ ...change, left: left(change.at) }))} width={width} />
      {marks?.map((mark) => (
        <Dot key={mark.label} left={left(mark.at)} bottom={bottom(mark.value)} colour={mark.colour} label={mark.label} above edge={edge} />
      ))}
      {series.map((line) => {
        const last = line.end === true ? line.points.findLast((point) => point[1] !== null) : undefined;
        if (last === undefined || last[1] === null) return null;
        return (
          <Dot
            key={line.label}
            left={left(last[0])}
            bottom={bottom(last[1])}
            colour={COLOUR[line.tone]}
            label={write(last[1])}
            above={projection !== undefined}
            edge={edge}
          />
        );
      })}
      {bare !== true && <TimeWords {...{ from, to, now, width }} />}
    </>
  );
}

function TimeWords({ from, to, now, width }: { from: number; to: number; now: number | undefined; width: number }) {
  const where = useZone();
  const left = (at: number) => ((at - from) / (to - from)) * 100;
  const showsNow = now !== undefined && now < to - (to - from) * 0.06;
  return (
    <>
      {timeTicks(from, to, where, Math.max(2, Math.floor(width / 84))).map((tick) => {
        if (showsNow && Math.abs(left(tick.at) - left(now)) < (44 / width) * 100) return null;
        const at = left(tick.at);
        const edge = at < 3 ? ' first' : at > 97 ? ' last' : '';
        return (
          <span key={tick.at} className={`tx x${edge}`} style={{ left: `${at}%` }}>
            {writeTime(tick.at, tick.isDay ? 'day' : 'minute', where)}
          </span>
        );
      })}
      {showsNow && (
        <span className="tx x now" style={{ left: `${left(now)}%` }}>
          now
        </span>
      )}
    </>
  );
}

interface DotProps {
  left: number;
  bottom: number;
  colour: string;
  label: string;
  above: boolean;
  edge: number;
}

function Dot({ left, bottom, colour, label, above, edge }: DotProps) {
  const style = { left: `${left}%`, bottom: `${bottom}%` };
  return (
    <>
      <span className="pt" style={{ ...style, borderColor: colour }} />
      <span className={`tx lab pt-l${above || bottom < 8 ? ' above' : ''}${left > edge ? ' lft' : ''}`} style={style}>
        {label}
      </span>
    </>
  );
}
