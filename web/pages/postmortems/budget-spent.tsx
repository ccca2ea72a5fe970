import { Link } from '@tanstack/react-router';
import { count, percent } from '../../lib/words.ts';
import { Figure, Figures } from '../../ui/panel.tsx';
import { Why } from '../../ui/why.tsx';
import type { PostmortemDetail } from './postmortem-look.tsx';

/** What each objective lost to the incident; counted, not written by hand. */
export function BudgetSpent({ postmortem }: { postmortem: PostmortemDetail }) {
  if (postmortem.budget.length === 0) return null;
  return postmortem.budget.map((row) => (
    <div className="block" key={row.objective.slug}>
      <header>
        Counted:{' '}
        <Link to="/objectives/$slug" params={{ slug: row.objective.slug }} className="link">
          {row.objective.name}
        </Link>
        <span className="end">
          <Why ask="explain" side="right" reason={row.because} />
        </span>
      </header>
      <div className="in">
        <Figures>
          <Figure
            below
            label="of the budget"
            value={row.ratio === null ? '—' : percent(row.ratio).replace('\u00a0%', '')}
            {...(row.ratio !== null && { unit: '%' })}
          />
          <Figure below label="failed" value={count(row.badCount)} />
        </Figures>
      </div>
    </div>
  ));
}
