import { iso } from '#kernel/instant.ts';
import type { Handlers } from '#kernel/operation.ts';
import type { HttpCall } from '#platform/http/call.ts';
import { resolveAlert } from './acknowledge-alert.ts';
import type { contract } from './contract.ts';
import { createIntegration, revokeIntegration } from './integrations.ts';
import { integrationOfKey, receive } from './receive.ts';
import { getAlert, listAlerts, listIntegrations } from './views.ts';

export function routes(options: { publicUrl: string }): Handlers<typeof contract, HttpCall> {
  return {
    intake: async (call, { params, body }) => {
      const integration = await integrationOfKey(call.db, params.key);
      const items = Array.isArray(body) ? body : [body];
      return { items: await call.runAs({ kind: 'integration', ...integration }, receive, { integrationId: integration.id, items }) };
    },
    listAlerts: (call, { query }) => listAlerts(call.db, query),
    getAlert: (call, { params }) => getAlert(call.db, params.id),
    resolveAlert: async (call, { params }) => getAlert(call.db, await call.run(resolveAlert, params)),
    listIntegrations: (call) => listIntegrations(call.db),
    createIntegration: async (call, { body }) => {
      const { key, ...row } = await call.run(createIntegration, body);
      return {
        ...row,
        createdAt: iso(row.createdAt),
        revokedAt: null,
        lastSignalAt: null,
        key,
        url: `${options.publicUrl}/api/v1/intake/${key}`,
      };
    },
    revokeIntegration: (call, { params }) => call.run(revokeIntegration, params),
  };
}
