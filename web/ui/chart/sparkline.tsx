/** A small line, 0–100 % unless told: `values` are ratios, null where there is no data. The words live in the label. */
export function Sparkline({
  values,
  label,
  max = 1,
  bad = false,
}: {
  values: readonly (number | null)[];
  label: string;
  max?: number;
  bad?: boolean;
}) {
  const step = 96 / Math.max(1, values.length - 1);
  const points = values.flatMap((value, at) =>
    value === null ? [] : [{ x: at * step, y: 24 - (Math.min(max, Math.max(0, value)) / max) * 24, at }],
  );
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return null;
  const line = points
    .map((point, index) => `${points[index - 1]?.at === point.at - 1 ? 'L' : 'M'}${point.x.toFixed(1)} ${point.y.toFixed(1)}`)
    .join('');
  const whole = `M${points.map((point) => `${point.x.toFixed(1)} ${point.y.toFixed(1)}`).join('L')}`;
  return (
    <svg className="spark" viewBox="0 0 96 24" preserveAspectRatio="none" role="img" aria-label={label}>
      <path className="area" d={`${whole}L${last.x.toFixed(1)} 24L${first.x.toFixed(1)} 24Z`} />
      <path className="base" d="M0 24H96" />
      <path className={bad ? 'bad' : undefined} d={line} />
    </svg>
  );
}
