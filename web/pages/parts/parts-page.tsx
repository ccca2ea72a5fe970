import { Section } from '../../ui/panel.tsx';
import { ChartParts } from './chart-parts.tsx';
import { ControlParts } from './control-parts.tsx';
import { FeedbackParts } from './feedback-parts.tsx';
import { RecordParts } from './record-parts.tsx';

const COLOURS =
  'bg surface surface-2 surface-3 line line-strong text-3 text-2 text accent accent-bg green green-bg yellow yellow-bg orange orange-bg red red-bg darkred darkred-bg slate slate-bg focus'.split(
    ' ',
  );

/** Every component once, in its states. For looking at; nothing links here. */
export function PartsPage() {
  return (
    <main id="main" className="page">
      <div className="head">
        <div className="grow">
          <h1>Parts</h1>
          <p>Every component once, in its states.</p>
        </div>
      </div>
      <div className="gal">
        <ControlParts />
        <FeedbackParts />
      </div>
      <div className="stack">
        <ChartParts />
        <RecordParts />
        <Section title="Colours">
          <div className="panel pad">
            <div className="sw">
              {COLOURS.map((name) => (
                <div key={name}>
                  <i style={{ background: `var(--${name})` }} />
                  {name}
                </div>
              ))}
            </div>
          </div>
        </Section>
      </div>
    </main>
  );
}
