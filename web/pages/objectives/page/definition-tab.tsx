import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../../api/client.ts';
import { Loaded } from '../../../frame/loaded.tsx';
import { capital } from '../../../lib/words.ts';
import { Segments } from '../../../ui/button.tsx';
import { Note, SkeletonBlock, Snippet } from '../../../ui/note.tsx';
import { Panel } from '../../../ui/panel.tsx';
import type { Objective } from '../objective-look.ts';

const FORMATS = [
  { value: 'nines', label: 'Nines' },
  { value: 'openslo', label: 'OpenSLO' },
  { value: 'prometheus', label: 'Prometheus rules' },
] as const;

/** The definition as a file, ready to be kept as code, and the same in the formats of others. */
export function DefinitionTab({ objective }: { objective: Objective }) {
  const [format, setFormat] = useState<(typeof FORMATS)[number]['value']>('nines');
  const file = useQuery({
    ...api.slo.exportObjectives.query({ query: { format, slug: objective.slug } }),
    placeholderData: keepPreviousData,
  });
  return (
    <Panel title="Definition" end={<Segments label="Format" options={FORMATS} value={format} onChange={setFormat} />}>
      <Loaded query={file} pending={<SkeletonBlock height={280} />}>
        {({ text, leftOut, notes }) => (
          <div className="stack tight">
            {leftOut.map(({ because }) => (
              <Note key={because.code}>
                <p>
                  <b className="strong">Not in this format.</b> {capital(because.text)}.
                </p>
              </Note>
            ))}
            {notes.map(({ because }) => (
              <Note key={because.code}>
                <p>{capital(because.text)}.</p>
              </Note>
            ))}
            {text.trim() !== '' && <Snippet text={text} />}
            {format === 'nines' && (
              <p className="mute sm">
                Keep it in a repository. What applying it would change is told by <span className="mono">POST /api/v1/slo/plan</span>.
              </p>
            )}
          </div>
        )}
      </Loaded>
    </Panel>
  );
}
