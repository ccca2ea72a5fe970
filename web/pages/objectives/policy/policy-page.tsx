import { ALWAYS_HOLDS, BUDGET_MEANING, UNKNOWN_BUDGET } from '#modules/slo/core/budget-policy/sentences.ts';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { api } from '../../../api/client.ts';
import { useCrumb } from '../../../frame/crumbs.tsx';
import { Loaded } from '../../../frame/loaded.tsx';
import { Page } from '../../../frame/page.tsx';
import { useMay } from '../../../frame/session.ts';
import { plural } from '../../../lib/words.ts';
import { Button, buttonClass } from '../../../ui/button.tsx';
import { Chip, LevelGlyph } from '../../../ui/mark.tsx';
import { SkeletonBlock } from '../../../ui/note.tsx';
import { PageHead, Panel } from '../../../ui/panel.tsx';
import { GivenServices } from './given-services.tsx';
import { PolicyForm } from './policy-form.tsx';
import { type Policy, rangeWords } from './policy-levels.tsx';
import { Signatures } from './signatures.tsx';
import { GATE, TOLD } from './words.ts';

/** The error-budget policies: what follows at each level, whom they govern, who signed. Prints as a document. */
export function PolicyPage() {
  useCrumb('Policy');
  const search = useSearch({ from: '/frame/objectives/policy' });
  const navigate = useNavigate({ from: '/objectives/policy' });
  const may = useMay('editor');
  const isEdited = may && search.edit === 'yes';
  const show = (policy: string) => void navigate({ search: { policy } });
  const policies = useQuery(api.slo.listBudgetPolicies.query({ query: { limit: 500 } }));
  return (
    <Page>
      <Loaded query={policies} pending={<SkeletonBlock height={420} />}>
        {({ items }) => {
          const chosen = items.find(({ slug }) => slug === (search.policy ?? 'standard')) ?? items[0];
          return (
            <>
              <PageHead
                title="Error budget policy"
                lead="What is left of a budget decides what may be changed. It is enforced at the gate, told on change, and signed."
                acts={
                  <>
                    {may && chosen !== undefined && !isEdited && (
                      <Link to="/objectives/policy" search={{ policy: chosen.slug, edit: 'yes' }} className={buttonClass({})}>
                        Edit policy
                      </Link>
                    )}
                    <Button onClick={() => print()}>Print</Button>
                  </>
                }
              />
              <div className="policy">
                <nav aria-label="Policies" className="no-print">
                  <ul className="list">
                    {items.map((policy) => (
                      <li key={policy.slug} className={policy === chosen ? 'sel' : undefined}>
                        <Link
                          to="/objectives/policy"
                          search={{ policy: policy.slug }}
                          className="grow medium"
                          aria-current={policy === chosen ? 'true' : undefined}
                        >
                          {policy.name}
                        </Link>
                        <span className="mute sm nowrap">{plural(policy.objectives.length, 'objective')}</span>
                      </li>
                    ))}
                  </ul>
                </nav>
                {chosen !== undefined &&
                  (isEdited ? (
                    <PolicyForm key={chosen.slug} policy={chosen} onClose={() => show(chosen.slug)} />
                  ) : (
                    <PolicyDocument policy={chosen} onSigned={() => show(chosen.slug)} />
                  ))}
              </div>
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function PolicyDocument({ policy, onSigned }: { policy: Policy; onSigned: () => void }) {
  return (
    <article className="stack" aria-label={policy.name}>
      <div>
        <h2 className="policy-name">{policy.name}</h2>
        <p className="mute">
          {policy.version === 0 ? 'As shipped; nobody has edited it.' : `Version ${policy.version}.`} Slug{' '}
          <span className="mono">{policy.slug}</span>
        </p>
        <p className="soft">{BUDGET_MEANING}</p>
      </div>
      <Panel title="Levels" end="by what is left of the budget" flush>
        <ol className="levels">
          {policy.levels.map((level, at) => (
            <li key={level.level}>
              <div>
                <span className={`chip lvl-${level.level}`}>
                  <LevelGlyph level={level.level} />
                  {level.name}
                </span>
                <span className="mute sm">{rangeWords(level, policy.levels[at - 1])}</span>
              </div>
              <ul className="consequences">
                {level.consequences.map((sentence) => (
                  <li key={sentence}>{sentence}</li>
                ))}
              </ul>
              <Behaviour level={level} />
            </li>
          ))}
        </ol>
        <p className="pad unknown-budget">{UNKNOWN_BUDGET}</p>
      </Panel>
      <Panel title="What always holds">
        <ul className="consequences">
          {ALWAYS_HOLDS.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </Panel>
      <Panel title="Exceptions">
        <p>{policy.exceptions.trim() === '' ? 'None are foreseen.' : policy.exceptions}</p>
      </Panel>
      <Governed policy={policy} />
      <Signatures policy={policy} onSigned={onSigned} />
    </article>
  );
}

function Behaviour({ level }: { level: Policy['levels'][number] }) {
  return (
    <ul className="behaviour sm soft">
      <li>{GATE[level.gate]}</li>
      <li>{level.chaos ? 'Chaos experiments allowed' : 'Chaos experiments off'}</li>
      <li>{level.announce.length === 0 ? 'Nobody is told' : `Told: ${level.announce.map((who) => TOLD[who]).join(' and ')}`}</li>
      {level.reviewBeforeLifting && <li>A review before it lifts</li>}
    </ul>
  );
}

function Governed({ policy }: { policy: Policy }) {
  return (
    <Panel title="Whom it governs" end={plural(policy.objectives.length, 'objective')}>
      <div className="stack tight">
        <GivenServices policy={policy} />
        {policy.objectives.length === 0 ? (
          <p className="mute">
            No objective yet. Name it in a definition as <span className="mono">policy: {policy.slug}</span>, or give it to a service.
          </p>
        ) : (
          <GovernedList objectives={policy.objectives} />
        )}
      </div>
    </Panel>
  );
}

/** More than stand well on a page, or on paper, are folded. */
const SHOWN_MOST = 40;

function GovernedList({ objectives }: Pick<Policy, 'objectives'>) {
  const list = (
    <ul className="row wrap governed">
      {objectives.map((objective) => (
        <li key={objective.slug}>
          <Link to="/objectives/$slug" params={{ slug: objective.slug }}>
            <Chip>{objective.name}</Chip>
          </Link>
        </li>
      ))}
    </ul>
  );
  if (objectives.length <= SHOWN_MOST) return list;
  return (
    <details className="fold">
      <summary>Show all {plural(objectives.length, 'objective')}</summary>
      {list}
    </details>
  );
}
