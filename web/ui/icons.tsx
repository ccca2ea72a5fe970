/** Line icons on a 16 px grid, stroke 1.5; glyphs on a 12 px grid, filled. One path each. */
function circle(cx: number, cy: number, r: number): string {
  return `M${cx - r} ${cy}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
}

/** A rounded rectangle: its corner, its size, its radius. */
function box([x, y]: [number, number], [w, h]: [number, number], r: number): string {
  const arc = (dx: number, dy: number) => `a${r} ${r} 0 0 1 ${dx} ${dy}`;
  return `M${x + r} ${y}h${w - 2 * r}${arc(r, r)}v${h - 2 * r}${arc(-r, r)}h${2 * r - w}${arc(-r, -r)}v${2 * r - h}${arc(r, -r)}z`;
}

const ICONS = {
  now: 'M1.5 8.5h3l2-5 3 9 2-4h3',
  bell: 'M8 2.2a4 4 0 0 1 4 4c0 3.2 1.3 4.3 1.3 4.3H2.7S4 9.4 4 6.2a4 4 0 0 1 4-4zM6.6 13.2a1.5 1.5 0 0 0 2.8 0',
  'bell-off':
    'M4 5.6c0 .2 0 .4 0 .6 0 3.2-1.3 4.3-1.3 4.3h8.3M6.2 2.7A4 4 0 0 1 12 6.2c0 1.6.3 2.7.7 3.4M6.6 13.2a1.5 1.5 0 0 0 2.8 0M2 2l12 12',
  incident: 'M8 2.3 14.3 13H1.7zM8 6.6v3M8 11.3v.1',
  phone: 'M3 2.8h2.6l1.1 3-1.5 1.3a8 8 0 0 0 3.7 3.7l1.3-1.5 3 1.1V13a1 1 0 0 1-1 1A10.2 10.2 0 0 1 2 3.8a1 1 0 0 1 1-1z',
  target: circle(8, 8, 5.8) + circle(8, 8, 2.4),
  service: 'M8 1.9 13.4 5v6L8 14.1 2.6 11V5zM2.8 5.1 8 8l5.2-2.9M8 8v6',
  change: `${circle(8, 8, 2.6)}M8 1.5v3.9M8 10.6v3.9`,
  document: 'M3.6 1.8h6l2.8 2.8v9.6H3.6zM9.4 2v3h3M5.8 8h4.4M5.8 10.8h4.4',
  action: `${box([2.4, 2.4], [11.2, 11.2], 2)}M5.3 8.2l2 2 3.6-4`,
  status: 'M2.5 13V9M5.3 13V4M8.1 13V7M10.9 13V3M13.7 13V6',
  practice: 'M2 13.5h12M3.5 13.5v-4h3v4M6.5 13.5V6h3v7.5M9.5 13.5v-11h3v11',
  settings: `M2 4.5h6M11 4.5h3M2 11.5h3M8 11.5h6${circle(9.5, 4.5, 1.6)}${circle(6.5, 11.5, 1.6)}`,
  search: `${circle(7, 7, 4.3)}M10.3 10.3 13.7 13.7`,
  moon: 'M13 9.6A5.6 5.6 0 0 1 6.4 3a5.6 5.6 0 1 0 6.6 6.6z',
  sun: `${circle(8, 8, 2.8)}M8 1.5v1.4M8 13.1v1.4M1.5 8h1.4M13.1 8h1.4M3.4 3.4l1 1M11.6 11.6l1 1M12.6 3.4l-1 1M4.4 11.6l-1 1`,
  screen: `${box([2, 2.8], [12, 8.4], 1.2)}M5.6 13.6h4.8M8 11.2v2.4`,
  check: 'm3 8.5 3.2 3.2L13 4.8',
  cross: 'M4 4l8 8M12 4l-8 8',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  lock: `${box([3.4, 7], [9.2, 6.6], 1.2)}M5.4 7V5a2.6 2.6 0 0 1 5.2 0v2`,
  unlock: `${box([3.4, 7], [9.2, 6.6], 1.2)}M5.4 7V5a2.6 2.6 0 0 1 5-1`,
  plus: 'M8 3v10M3 8h10',
  mobile: `${box([4.4, 1.6], [7.2, 12.8], 1.6)}M7.2 12.2h1.6`,
  browser: `${box([3, 3.2], [10, 7], 1)}M1.4 12.8h13.2`,
  mail: `${box([1.8, 3.4], [12.4, 9.2], 1.4)}M2.2 4.4l5.8 4.4 5.8-4.4`,
  message: 'M2.2 3.2h11.6v7.6H7l-3 2.6v-2.6H2.2zM5 6h6M5 8.2h4',
  channel: 'M6.2 2.5 5 13.5M11 2.5l-1.2 11M2.8 5.8h11M2.2 10.2h11',
  clock: `${circle(8, 8, 6)}M8 4.6V8l2.3 1.6`,
  copy: `${box([5.4, 5.4], [8.2, 8.2], 1.4)}M10.6 5.2V3.6a1.2 1.2 0 0 0-1.2-1.2H3.6a1.2 1.2 0 0 0-1.2 1.2v5.8a1.2 1.2 0 0 0 1.2 1.2h1.6`,
  swap: 'M2.5 5.2h10M9.8 2.5l2.7 2.7-2.7 2.7M13.5 10.8h-10M6.2 8.1l-2.7 2.7 2.7 2.7',
  globe: `${circle(8, 8, 6)}M2 8h12M8 2c-4 3.6-4 8.4 0 12 4-3.6 4-8.4 0-12z`,
  up: 'M8 13.5V3.2M4 7l4-4 4 4',
  down: 'M8 2.5v10.3M4 9l4 4 4-4',
  idea: 'M5.8 11.2a4.4 4.4 0 1 1 4.4 0v1.4H5.8zM6.6 14.4h2.8',
  undo: 'M2.8 6.5h7a3.6 3.6 0 0 1 0 7.2H6M5.8 3.3 2.6 6.5l3.2 3.2',
  tool: 'M10.2 2.4a3.6 3.6 0 0 0-3.4 5l-4.6 4.6 1.8 1.8 4.6-4.6a3.6 3.6 0 0 0 5-3.4l-2.2 1.2-1.6-1.6z',
  calendar: `${box([2.2, 3.2], [11.6, 10.6], 1.4)}M2.4 6.6h11.2M5.4 1.8v2.6M10.6 1.8v2.6`,
  book: 'M8 4c-1.4-1.2-3.4-1.4-5.8-1.2v9.6c2.4-.2 4.4 0 5.8 1.2 1.4-1.2 3.4-1.4 5.8-1.2V2.8C11.4 2.6 9.4 2.8 8 4zM8 4v9.6',
  split: 'M8 14V9L3.5 4.5M8 9l4.5-4.5M3.2 7.2V4.2h3M12.8 7.2V4.2h-3',
  pin: 'M5.5 2h5l-.6 4.6 2.1 2.2H4l2.1-2.2zM8 8.8V14',
  right: 'M3 8h10M9 4l4 4-4 4',
  person: `${circle(8, 5.4, 2.8)}M2.6 14a5.4 5.4 0 0 1 10.8 0`,
  people: `${circle(6, 5.6, 2.4)}M1.6 13.6a4.4 4.4 0 0 1 8.8 0M10.4 3.4a2.4 2.4 0 0 1 0 4.5M11.8 9.7a4.4 4.4 0 0 1 2.6 3.9`,
  key: `${circle(5.2, 10.8, 2.8)}M7.2 8.8 13.4 2.6M11 5l2 2`,
  plug: 'M5.5 2v3.5M10.5 2v3.5M3.5 5.5h9v2a4.5 4.5 0 0 1-9 0zM8 12v2.5',
  out: 'M6.5 2.5h-3.7v11h3.7M10 5l3 3-3 3M13 8H6',
  link: 'M6.8 9.2a2.8 2.8 0 0 0 4 0l2-2a2.8 2.8 0 0 0-4-4l-.8.8M9.2 6.8a2.8 2.8 0 0 0-4 0l-2 2a2.8 2.8 0 0 0 4 4l.8-.8',
  send: 'M14 2 7.2 8.8M14 2 9.7 14 7.2 8.8 2 6.3z',
  edit: 'M10.8 2.6 13.4 5.2 5.6 13H3v-2.6zM9 4.4 11.6 7',
} as const;

export type IconName = keyof typeof ICONS;

export function Icon({ name, className }: { name: IconName; className?: string }) {
  return (
    <svg className={className === undefined ? 'i' : `i ${className}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={ICONS[name]} />
    </svg>
  );
}

const GLYPHS = {
  octagon: 'M4 .8h4L11.2 4v4L8 11.2H4L.8 8V4z',
  triangle: 'M6 .9 11.5 11H.5z',
  diamond: 'M6 .5 11.5 6 6 11.5.5 6z',
  circle: circle(6, 6, 4.4),
  tick: 'M6 .8a5.2 5.2 0 1 0 0 10.4A5.2 5.2 0 0 0 6 .8zM5.3 8.6 2.9 6.2l.9-.9 1.5 1.5 2.9-3 .9.9z',
} as const;

export type GlyphName = keyof typeof GLYPHS;

export function Glyph({ name, className }: { name: GlyphName; className?: string }) {
  return (
    <svg className={className === undefined ? 'g' : `g ${className}`} viewBox="0 0 12 12" aria-hidden="true">
      <path d={GLYPHS[name]} />
    </svg>
  );
}

/** A cell battery: how many of four cells are left; struck out when none is. */
export function Cells({ left }: { left: 0 | 1 | 2 | 3 | 4 }) {
  return (
    <svg className="g" viewBox="0 0 12 12" aria-hidden="true">
      {[0, 1, 2, 3].map((cell) => (
        <rect key={cell} x={cell * 3} y="2" width="2" height="8" rx=".6" opacity={cell < left ? 1 : 0.28} />
      ))}
      {left === 0 && <path d="M-.5 11.3 11.3.7" stroke="currentColor" strokeWidth="1.3" />}
    </svg>
  );
}

/** The mark of Nines. */
export function Mark() {
  return (
    <svg viewBox="0 0 18 18" fill="none" stroke="currentColor" strokeWidth="2" aria-hidden="true">
      <circle cx="9" cy="7" r="5" />
      <path d="M14 7c0 4.6-2.4 7.6-6.2 9.4" strokeLinecap="round" />
    </svg>
  );
}
