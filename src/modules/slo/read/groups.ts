import { z } from 'zod';

/** The labels that a group's key stands for. */
export function groupLabels(groupBy: readonly string[], group: string): Record<string, string> {
  if (group === '') return {};
  const values = z.array(z.string()).safeParse(JSON.parse(group));
  return Object.fromEntries(groupBy.map((label, i) => [label, values.data?.[i] ?? '']));
}
