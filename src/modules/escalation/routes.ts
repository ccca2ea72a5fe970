import { AppError } from '#kernel/errors.ts';
import type { Handlers } from '#kernel/operation.ts';
import { findInstallation } from '#modules/identity/index.ts';
import { listDeliveriesAbout } from '#modules/notify/index.ts';
import type { HttpCall } from '#platform/http/call.ts';
import { acknowledge } from './acknowledge.ts';
import type { contract } from './contract.ts';
import { renderLinkPage, renderUnknownLink } from './core/link-page.ts';
import { putPolicy } from './put-policy.ts';
import { findLink, useLink } from './use-link.ts';
import { getPage, listPages, listPolicies, requirePage } from './views.ts';

export function routes(options: { secret: string }): Handlers<typeof contract, HttpCall> {
  const organisation = async (call: HttpCall): Promise<string> => (await findInstallation(call.db))?.name ?? 'Nines';
  const unknownLink = async (call: HttpCall): Promise<string> => {
    call.setStatus(404);
    return renderUnknownLink(await organisation(call));
  };
  return {
    listPages: (call, { query }) => listPages(call.db, query),
    getPage: (call, { params }) => getPage(call.db, params.id, call.now),
    acknowledge: async (call, { params }) => getPage(call.db, await call.run(acknowledge, { pageId: params.id }), call.now),
    listPageDeliveries: async (call, { params }) => {
      await requirePage(call.db, params.id);
      return { items: await listDeliveriesAbout(call.db, params.id) };
    },
    showLink: async (call, { params }) => {
      const link = await findLink(call.db, options.secret, params.token);
      if (link === undefined) return unknownLink(call);
      const page = await getPage(call.db, link.pageId, call.now);
      const open = page.state === 'open' || page.state === 'exhausted';
      return renderLinkPage({ page, organisation: await organisation(call), state: open && !link.used ? 'ask' : 'used' });
    },
    useLink: async (call, { params }) => {
      const link = await findLink(call.db, options.secret, params.token);
      if (link === undefined) return unknownLink(call);
      const state = await call.runAs(link.actor, useLink, link).then(
        () => 'done' as const,
        (error: unknown) => {
          if (error instanceof AppError && error.code === 'conflict') return 'used' as const;
          throw error;
        },
      );
      return renderLinkPage({ page: await getPage(call.db, link.pageId, call.now), organisation: await organisation(call), state });
    },
    listPolicies: (call) => listPolicies(call.db),
    putPolicy: async (call, { params, body }) => {
      const { slug } = await call.run(putPolicy, { slug: params.slug, ifMatch: call.ifMatch, policy: body });
      const view = (await listPolicies(call.db)).items.find((policy) => policy.slug === slug);
      if (view === undefined) throw new AppError('not_found', `there is no policy ${slug}`);
      return view;
    },
  };
}
