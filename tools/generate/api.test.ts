import { describe, expect, it } from 'vitest';
import { renderApiDocs } from '#app/api/docs.ts';
import { apiOperations, openApiDocument } from '#app/api/openapi.ts';
import { urlOf } from '#platform/http/server.ts';
import { renderOperations } from './api.ts';

interface Described {
  operationId: string;
  parameters: { name: string; in: string; required: boolean }[];
  security: unknown[];
  responses: Record<string, unknown>;
}

describe('the API’s document', () => {
  const document = openApiDocument() as { openapi: string; paths: Record<string, Record<string, Described>> };
  const described = Object.entries(document.paths).flatMap(([path, methods]) => Object.values(methods).map((each) => ({ ...each, path })));

  it('names every operation once, with the parameters of its path', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(described.map((each) => each.operationId).toSorted()).toEqual(
      apiOperations()
        .map(({ operation }) => operation.id)
        .toSorted(),
    );
    for (const { path, parameters, operationId } of described) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect(
        parameters.filter((each) => each.in === 'path').map((each) => each.name),
        operationId,
      ).toEqual(inPath);
    }
  });

  it('holds no dialect, no undefined and no reference into nowhere', () => {
    const text = JSON.stringify(document);
    expect(JSON.parse(text)).toEqual(document);
    expect(text).not.toContain('$schema');
    for (const [, target] of text.matchAll(/"\$ref":"([^"]+)"/g)) expect(target).toBe('#/components/schemas/Problem');
  });

  it('says who may call and how it refuses', () => {
    const acknowledge = described.find((each) => each.operationId === 'escalation.acknowledge');
    expect(Object.keys(acknowledge?.responses ?? {})).toEqual(['200', '400', '401', '403', '404', '409']);
    expect(acknowledge?.security).toHaveLength(2);
    expect(described.find((each) => each.operationId === 'identity.setUp')?.security).toEqual([]);
  });

  it('is readable by people without a script', () => {
    const page = renderApiDocs();
    for (const { operation } of apiOperations()) expect(page).toContain(`</b> ${urlOf(operation)}<`);
    expect(page).not.toMatch(/<script|src=|https?:\/\/(?!json-schema)/);
  });
});

describe('the screens’ table of routes', () => {
  it('is sorted, and marks what stands outside /api/v1', () => {
    const operations = apiOperations().map(({ operation }) => operation);
    const lines = renderOperations(operations).split('\n').slice(2, -2);
    expect(lines).toEqual(lines.toSorted());
    expect(lines).toContain("  'escalation.useLink': { method: 'POST', path: '/a/:token', root: true },");
  });
});
