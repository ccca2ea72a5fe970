import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api } from '../../../api/client.ts';
import { ProblemNote } from '../../../frame/problem-note.tsx';
import { SelectField, TextArea, TextField } from '../../../ui/form/field.tsx';
import { Empty } from '../../../ui/note.tsx';
import type { StepProps } from './create-page.tsx';
import type { Draft } from './draft.ts';

/** What the source is asked for, by its kind and by how good is told apart. */
export function QueryFields({ draft, onChange }: StepProps) {
  switch (draft.source) {
    case 'counts':
      return (
        <p className="soft sm">
          {draft.shape === 'rate'
            ? 'Push how many events there were; the rate of each slice is judged.'
            : 'Nothing more to say: what you push names good and valid itself. A slice that was good or not is pushed as 1 of 1 or 0 of 1.'}
        </p>
      );
    case 'otlp':
      return <OtlpFields draft={draft} onChange={onChange} />;
    case 'prometheus':
    case 'promql':
      return <PrometheusFields draft={draft} onChange={onChange} />;
  }
}

type TextName = 'metric' | 'valid' | 'good' | 'bad' | 'histogram' | 'value' | 'ratio' | 'threshold';

function bind({ draft, onChange }: StepProps, name: TextName) {
  return {
    value: draft[name],
    onChange: (event: { target: { value: string } }) => onChange({ ...draft, [name]: event.target.value }),
    spellCheck: false,
    autoCapitalize: 'off',
  };
}

function OtlpFields(step: StepProps) {
  const { draft } = step;
  return (
    <>
      <TextField name="indicator.metric" label="Metric" placeholder={otlpMetric(draft)} {...bind(step, 'metric')} />
      <TextArea
        name="indicator.valid"
        label="Valid when"
        hint="one condition on an attribute a line; empty counts all"
        placeholder={`service.name = ${draft.service}`}
        rows={2}
        {...bind(step, 'valid')}
      />
      {draft.shape === 'histogram' && <Threshold {...step} />}
      {(draft.shape === 'good' || draft.shape === 'histogram') && (
        <TextArea
          name="indicator.good"
          label={draft.shape === 'good' ? 'Good when' : 'Good when also'}
          placeholder="http.response.status_code !~ 5.."
          rows={2}
          {...bind(step, 'good')}
        />
      )}
    </>
  );
}

function otlpMetric({ shape }: Draft): string {
  return shape === 'gauge' ? 'feed.last_update' : 'http.server.request.duration';
}

function Threshold(step: StepProps) {
  return (
    <TextField
      name="indicator.threshold"
      label="Good at or below"
      hint="in the unit of the metric, as 0.3 for 300 ms in seconds"
      placeholder="0.3"
      inputMode="decimal"
      {...bind(step, 'threshold')}
    />
  );
}

function PrometheusFields(step: StepProps) {
  const { draft } = step;
  const isQuery = draft.source === 'promql';
  const window = isQuery ? '[$window]' : '';
  const wrap = (selector: string) => (isQuery ? `sum(increase(${selector}${window}))` : selector);
  const requests = 'http_requests_total{job="checkout"';
  return (
    <>
      <SourceField {...step} />
      {['good', 'bad', 'rate'].includes(draft.shape) && (
        <TextArea name="indicator.valid" label="Valid events" rows={2} placeholder={wrap(`${requests}}`)} {...bind(step, 'valid')} />
      )}
      {draft.shape === 'good' && (
        <TextArea
          name="indicator.good"
          label="Good events"
          rows={2}
          placeholder={wrap(`${requests},code!~"5.."}`)}
          {...bind(step, 'good')}
        />
      )}
      {draft.shape === 'bad' && (
        <TextArea name="indicator.bad" label="Bad events" rows={2} placeholder={wrap(`${requests},code=~"5.."}`)} {...bind(step, 'bad')} />
      )}
      {draft.shape === 'histogram' && (
        <>
          <TextArea
            name="indicator.histogram"
            label="Native histogram"
            hint="with classic buckets, choose good and valid events, and select the bucket by le"
            rows={2}
            placeholder={'http_request_duration_seconds{job="checkout"}'}
            {...bind(step, 'histogram')}
          />
          <Threshold {...step} />
        </>
      )}
      {draft.shape === 'gauge' && (
        <TextArea
          name="indicator.value"
          label="Gauge"
          rows={2}
          placeholder={'feed_last_update_timestamp_seconds'}
          {...bind(step, 'value')}
        />
      )}
      {(draft.shape === 'goodRatio' || draft.shape === 'badRatio') && (
        <TextArea
          name={`indicator.${draft.shape}`}
          label={draft.shape === 'goodRatio' ? 'Share of good, 0 to 1' : 'Share of bad, 0 to 1'}
          rows={2}
          placeholder={'avg(probe_success{job="checkout"})'}
          {...bind(step, 'ratio')}
        />
      )}
    </>
  );
}

/** One of the sources there are; what to do where there is none. */
function SourceField({ draft, onChange }: StepProps) {
  const sources = useQuery(api.signals.listSources.query({ query: { limit: 500 } }));
  const first = sources.data?.items[0]?.slug;
  // One that is named anyway: most installations read one Prometheus.
  useEffect(() => {
    if (draft.from === '' && first !== undefined) onChange({ ...draft, from: first });
  }, [draft, first, onChange]);
  if (sources.data !== undefined && first === undefined) {
    return (
      <Empty title="No source to read from" snippet={sourceSnippet()}>
        <p>Name a Prometheus, or what answers like one, once; then its counters can be chosen here.</p>
      </Empty>
    );
  }
  return (
    <>
      <SelectField
        name="indicator.source"
        label="Source"
        value={draft.from}
        onChange={(event) => onChange({ ...draft, from: event.target.value })}
        options={(sources.data?.items ?? []).map((source) => ({ value: source.slug, label: `${source.name} (${source.state})` }))}
      />
      <ProblemNote problem={sources.error} what="The sources were not read." />
    </>
  );
}

function sourceSnippet(): string {
  return `curl -X PUT ${location.origin}/api/v1/sources/prometheus \\
  -H 'Authorization: Bearer YOUR_API_KEY' -H 'Content-Type: application/json' \\
  -d '{"name":"Prometheus","address":"http://prometheus:9090"}'`;
}
