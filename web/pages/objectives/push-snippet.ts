/** A command that pushes one minute of counts: the bucket that has just ended. */
export function pushSnippet(slug: string, nowMs: number, group: readonly string[] = []): string {
  const at = new Date(Math.floor(nowMs / 60_000) * 60_000 - 60_000).toISOString().replace('.000', '');
  const labels = Object.fromEntries(group.map((name) => [name, 'VALUE']));
  const bucket = { at, seconds: 60, good: 998, valid: 1000, ...(group.length > 0 && { group: labels }) };
  return `curl -X POST ${location.origin}/api/v1/objectives/${slug}/counts \\
  -H 'Authorization: Bearer YOUR_API_KEY' -H 'Content-Type: application/json' \\
  -d '${JSON.stringify({ buckets: [bucket] })}'`;
}

/** Where an OpenTelemetry SDK or collector sends its metrics. */
export function otlpSnippet(): string {
  return `OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=${location.origin}/otlp/v1/metrics
OTEL_EXPORTER_OTLP_METRICS_HEADERS=Authorization=Bearer%20YOUR_API_KEY`;
}
