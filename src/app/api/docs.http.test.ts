import { expect, it } from 'vitest';
import { createWorld } from '#testing/world.ts';

it('the API describes itself to programs and to people, without signing in', async () => {
  const world = await createWorld();
  const document = await world.app.http.inject('/api/openapi.json');
  expect(document.json()).toMatchObject({
    openapi: '3.1.0',
    paths: { '/api/v1/pages/{id}/acknowledge': { post: { operationId: 'escalation.acknowledge' } } },
  });
  const page = await world.app.http.inject('/api/docs');
  expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.payload).toContain('Take a page: it escalates no further');
  await world.destroy();
});
