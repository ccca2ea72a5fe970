import { nowMs } from '../../../lib/clock.ts';
import { Empty } from '../../../ui/note.tsx';
import type { Objective } from '../objective-look.ts';
import { otlpSnippet, pushSnippet } from '../push-snippet.ts';

/** Nothing was counted yet: how counts come, by the indicator's source. What a source refuses stands above, in its own note. */
export function FirstCounts({ objective }: { objective: Objective }) {
  switch (kindOf(objective.indicator)) {
    case 'otlp':
      return (
        <Empty title="No counts yet" snippet={otlpSnippet()} wait="waiting for the first event…">
          <p>Send OTLP metrics to Nines. Whatever matches the definition is counted from then on.</p>
        </Empty>
      );
    case 'prometheus':
    case 'promql':
      return (
        <Empty title="No counts yet" wait="waiting for the first reading…">
          <p>{sourceSentence(objective.reading)}</p>
        </Empty>
      );
    default:
      return (
        <Empty
          title="No counts yet"
          snippet={pushSnippet(objective.slug, nowMs(), objective.groups.by)}
          wait="waiting for the first event…"
        >
          <p>Push how many events were valid and how many of them good, a bucket a minute. The same minute sent again replaces itself.</p>
        </Empty>
      );
  }
}

function sourceSentence(reading: Objective['reading']): string {
  if (reading !== null && reading.lastFailure !== null) return 'Counting begins once the source answers, with what it remembers.';
  if (reading === null || reading.readUntil === null) return 'The source is asked within a minute; what it remembers is read after that.';
  return 'The source answers, and no event was counted in what it gave. Look whether the queries select what they should.';
}

function kindOf(indicator: unknown): unknown {
  return typeof indicator === 'object' && indicator !== null && 'kind' in indicator ? indicator.kind : undefined;
}
