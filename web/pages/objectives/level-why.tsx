import { levelLook } from '../../ui/mark.tsx';
import { Why } from '../../ui/why.tsx';
import { levelOf, type Objective } from './objective-look.ts';

/** The level of a budget, which opens the counts that make it. */
export function LevelWhy({ objective }: { objective: Objective }) {
  const level = levelOf(objective);
  const look = level === undefined ? { className: 'chip', body: 'no data' } : levelLook(level);
  return <Why chip={look} title={`Why ${level ?? 'no data'}`} reasons={[objective.levelBecause, objective.stateBecause]} />;
}
