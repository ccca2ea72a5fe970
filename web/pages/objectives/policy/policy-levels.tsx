import type { Answer } from '../../../api/contracts.ts';
import { percent } from '../../../lib/words.ts';
import { LevelGlyph } from '../../../ui/mark.tsx';

export type Policy = Answer<'slo', 'listBudgetPolicies'>['items'][number];
type PolicyLevel = Policy['levels'][number];

const TONE: Record<PolicyLevel['level'], string> = {
  healthy: 'tx-green',
  caution: 'tx-yellow',
  slow: 'tx-orange',
  frozen: 'tx-red',
  exhausted: 'tx-darkred',
};

/** `over 50 %`, `25–50 %`, `10 % or less`. */
export function rangeWords(level: PolicyLevel, before: PolicyLevel | undefined): string {
  const lower = level.above;
  const upper = before?.above ?? null;
  if (lower === null) return upper === null ? 'any' : upper === 0 ? 'spent' : `${percent(upper, 0)} or less`;
  return upper === null ? `over ${percent(lower, 0)}` : `${Math.round(lower * 100)}–${percent(upper, 0)}`;
}

/** The levels of a policy in short; the current one stands out. */
export function PolicyLevels({ policy, current }: { policy: Policy; current: string }) {
  return (
    <ol className="pol">
      {policy.levels.map((level, at) => {
        const isCurrent = level.level === current;
        return (
          <li key={level.level} className={`lvl-${level.level}`} aria-current={isCurrent ? 'true' : undefined}>
            <span className={isCurrent ? TONE[level.level] : undefined}>
              <LevelGlyph level={level.level} />
            </span>
            <b>
              {level.name.toLowerCase()}
              <br />
              <span className="mute plain-title">{rangeWords(level, policy.levels[at - 1])}</span>
            </b>
            <span>{level.consequences.join(' ')}</span>
          </li>
        );
      })}
    </ol>
  );
}
