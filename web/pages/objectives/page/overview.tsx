import type { Objective } from '../objective-look.ts';
import { BudgetPanel } from './budget-panel.tsx';
import { BurnPanel, CountsPanel } from './burn-panel.tsx';
import { GroupsPanel } from './groups-panel.tsx';

/** What is left and where it leads, the burn against its thresholds, the counts, and the groups where there are any. */
export function Overview({ objective }: { objective: Objective }) {
  return (
    <div className="stack mid">
      {objective.firstObservedAt !== null && <BudgetPanel objective={objective} />}
      <BurnPanel objective={objective} />
      <CountsPanel objective={objective} />
      {objective.groups.by.length > 0 && (
        <div id="groups">
          <GroupsPanel objective={objective} />
        </div>
      )}
    </div>
  );
}
