/** `1 page`, `2 pages`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Prints an answer: one JSON document for programs, lines for people. */
export function printResult(result: unknown, json: boolean): void {
  if (json) return console.log(JSON.stringify(result));
  if (result === null || result === undefined) return console.log('Done.');
  if (typeof result === 'string') return console.log(result);
  if (isList(result)) {
    if (result.items.length === 0) return console.log('Nothing there.');
    for (const item of result.items) console.log(lineOf(item));
    if (typeof result.next === 'string') console.log(`… more: --after ${result.next}`);
    return;
  }
  for (const [name, value] of Object.entries(result)) console.log(`${name}: ${wordOf(value)}`);
}

function isList(result: object | number | boolean | bigint | symbol): result is { items: Record<string, unknown>[]; next?: unknown } {
  return typeof result === 'object' && 'items' in result && Array.isArray(result.items);
}

function lineOf(item: Record<string, unknown>): string {
  const shown = Object.entries(item).filter(([, value]) => value !== null && (typeof value !== 'object' || isNamed(value)));
  return shown.map(([name, value]) => `${name}=${wordOf(value)}`).join('  ');
}

function isNamed(value: unknown): value is { name?: string; slug?: string } {
  return typeof value === 'object' && value !== null && ('slug' in value || 'name' in value);
}

function wordOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (isNamed(value)) return value.slug ?? value.name ?? '';
  return JSON.stringify(value);
}
