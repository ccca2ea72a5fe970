import type { FastifyInstance } from 'fastify';
import { escapeHtml } from '#kernel/html.ts';
import type { OperationShape } from '#kernel/operation.ts';
import { urlOf } from '#platform/http/server.ts';
import { apiOperations, inputSchema, openApiDocument } from './openapi.ts';

/** Serves what the API is: the document for programs at /api/openapi.json, a page for people at /api/docs. */
export function serveApiDocs(server: FastifyInstance): void {
  const document = JSON.stringify(openApiDocument());
  const page = renderApiDocs();
  server.get('/api/openapi.json', (_request, reply) => reply.type('application/json; charset=utf-8').send(document));
  server.get('/api/docs', (_request, reply) => reply.type('text/html; charset=utf-8').send(page));
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
h2{margin-top:2.5rem;text-transform:capitalize}article{border-top:1px solid #8884;padding:.75rem 0}h3{font:600 15px/1.4 ui-monospace,monospace;margin:0;overflow-wrap:anywhere}
h3 b{display:inline-block;min-width:4.5rem}p{margin:.25rem 0}dl{margin:.25rem 0;display:grid;grid-template-columns:max-content 1fr;gap:0 1rem}dt{font-weight:600}dd{margin:0}
code,pre{font:13px/1.45 ui-monospace,monospace}pre{overflow:auto;padding:.75rem;border:1px solid #8884;border-radius:6px}nav a{margin-right:1rem}`;

/** One page, no script: every operation with who may call it, what it takes and how it refuses. */
export function renderApiDocs(): string {
  const modules = Map.groupBy(apiOperations(), (each) => each.module);
  const links = [...modules.keys()].map((module) => `<a href="#${module}">${module}</a>`).join('');
  const sections = [...modules].map(
    ([module, operations]) => `<h2 id="${module}">${module}</h2>${operations.map(({ operation }) => articleOf(operation)).join('')}`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Nines API</title><style>${STYLE}</style></head><body><h1>Nines API</h1>
<p>Send <code>Authorization: Bearer &lt;API key&gt;</code>. Times are RFC 3339. Lists answer <code>{items, next}</code>; give <code>next</code> as <code>after</code> for what follows. Refusals are <code>application/problem+json</code> with a <code>code</code> and the <code>fields</code> at fault. For programs: <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
<nav>${links}</nav>${sections.join('')}</body></html>`;
}

function articleOf(operation: OperationShape): string {
  const role = operation.scope === 'public' ? 'anybody' : `${operation.scope} and above`;
  const facts: [string, string][] = [
    ['Operation', `<code>${operation.id}</code>`],
    ['Who', role],
    ...(operation.query === undefined ? [] : [['Query', codes(Object.keys(operation.query.shape))] as [string, string]]),
    ...(operation.idempotent === true ? [['Repeats', 'harmless with <code>Idempotency-Key</code>'] as [string, string]] : []),
    ...(operation.versioned === true ? [['Versions', 'checked with <code>If-Match</code>'] as [string, string]] : []),
    ...(operation.errors.length === 0 ? [] : [['Refuses with', codes(operation.errors)] as [string, string]]),
    ...(operation.cli === undefined ? [] : [['CLI', `<code>nines ${escapeHtml(operation.cli.command)}</code>`] as [string, string]]),
  ];
  const list = facts.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('');
  return `<article id="${operation.id}"><h3><b>${operation.method}</b> ${escapeHtml(urlOf(operation))}</h3><p>${escapeHtml(operation.summary)}</p><dl>${list}</dl>${bodyOf(operation)}</article>`;
}

function codes(words: readonly string[]): string {
  return words.map((word) => `<code>${escapeHtml(word)}</code>`).join(', ');
}

function bodyOf(operation: OperationShape): string {
  if (operation.body === undefined) return '';
  return `<details><summary>Body</summary><pre>${escapeHtml(JSON.stringify(inputSchema(operation.body), null, 2))}</pre></details>`;
}
