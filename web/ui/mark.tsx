import type { ReactNode } from 'react';
import { initials } from '../lib/words.ts';
import { Cells, Glyph, type GlyphName, Icon, type IconName } from './icons.tsx';

export type Severity = 'sev1' | 'sev2' | 'sev3' | 'sev4';
export type Level = 'healthy' | 'caution' | 'slow' | 'frozen' | 'exhausted';
export type Tone = 'red' | 'orange' | 'yellow' | 'green' | 'slate' | 'accent';

const SHAPE: Record<Severity, GlyphName> = { sev1: 'octagon', sev2: 'triangle', sev3: 'diamond', sev4: 'circle' };
const LEFT: Record<Level, 0 | 1 | 2 | 3 | 4> = { healthy: 4, caution: 3, slow: 2, frozen: 1, exhausted: 0 };

export const LEVEL_COLOUR: Record<Level, string> = {
  healthy: 'var(--lvl-healthy)',
  caution: 'var(--lvl-caution)',
  slow: 'var(--lvl-slow)',
  frozen: 'var(--lvl-frozen)',
  exhausted: 'var(--lvl-exhausted)',
};

/** The shape alone; write the word beside it. */
export function SeverityGlyph({ severity, coloured = false }: { severity: Severity; coloured?: boolean }) {
  return coloured ? <Glyph name={SHAPE[severity]} className={`ic-${severity}`} /> : <Glyph name={SHAPE[severity]} />;
}

export function LevelGlyph({ level }: { level: Level }) {
  return <Cells left={LEFT[level]} />;
}

export interface ChipLook {
  /** Class of the chip; `Why` takes the same. */
  className: string;
  body: ReactNode;
}

export function severityLook(severity: Severity): ChipLook {
  return {
    className: `chip ${severity}`,
    body: (
      <>
        <SeverityGlyph severity={severity} />
        {severity.toUpperCase()}
      </>
    ),
  };
}

export function levelLook(level: Level): ChipLook {
  return {
    className: `chip lvl-${level}`,
    body: (
      <>
        <LevelGlyph level={level} />
        {level}
      </>
    ),
  };
}

export function SeverityChip({ severity }: { severity: Severity }) {
  const look = severityLook(severity);
  return <span className={look.className}>{look.body}</span>;
}

/** `undefined` is "no data": words, not a colour. */
export function LevelChip({ level }: { level: Level | undefined }) {
  if (level === undefined) return <span className="chip">no data</span>;
  const look = levelLook(level);
  return <span className={look.className}>{look.body}</span>;
}

export function Chip(props: { tone?: Tone; icon?: IconName; glyph?: GlyphName; mono?: boolean; title?: string; children: ReactNode }) {
  const className = ['chip', props.tone, props.mono === true ? 'mono' : undefined].filter((name) => name !== undefined).join(' ');
  return (
    <span className={className} title={props.title}>
      {props.icon !== undefined && <Icon name={props.icon} />}
      {props.glyph !== undefined && <Glyph name={props.glyph} />}
      {props.children}
    </span>
  );
}

/** `service=checkout`, one chip for each label. */
export function LabelChips({ labels }: { labels: Readonly<Record<string, string>> }) {
  return (
    <div className="row wrap labels">
      {Object.entries(labels).map(([name, value]) => (
        <Chip key={name} mono>
          {name}={value}
        </Chip>
      ))}
    </div>
  );
}

/** Initials in a disc. Only the viewer has a colour: people are not ranked and not coloured. */
export function Avatar({ name, me = false, large = false }: { name: string; me?: boolean; large?: boolean }) {
  return (
    <span className={`av${large ? ' lg' : ''}${me ? ' me' : ''}`} aria-hidden="true">
      {name.startsWith('#') ? '#' : initials(name)}
    </span>
  );
}

/** How strongly something is suspected, in three steps and a word. */
export function Meter({ strength, label }: { strength: 1 | 2 | 3; label: string }) {
  return (
    <span className="meter" role="img" aria-label={label}>
      {[1, 2, 3].map((step) => (
        <i key={step} className={step <= strength ? 'on' : ''} />
      ))}
      <span aria-hidden="true">{label}</span>
    </span>
  );
}
