import { z } from 'zod';
import { IsoTime } from '#kernel/instant-text.ts';
import { defineOperation, page, PageQuery } from '#kernel/operation.ts';
import { optionalText, Slug, text, Url } from '#kernel/text.ts';
import { Zone } from '#kernel/zoned.ts';

export const Link = z.strictObject({ title: text(120), url: Url });

export const ServiceView = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  /** 1 critical … 4 best effort. */
  tier: z.number(),
  owner: z.string(),
  description: z.string(),
  zone: z.string(),
  links: z.array(z.object({ title: z.string(), url: z.string() })),
  /** Shown to customers on the status page. */
  public: z.boolean(),
  version: z.number(),
  createdAt: IsoTime,
});
export type ServiceView = z.output<typeof ServiceView>;

export const ServiceDefinition = z.strictObject({
  name: text(120),
  tier: z.int().min(1).max(4),
  owner: text(120),
  description: optionalText(2000).default(''),
  zone: Zone.default('UTC'),
  links: z.array(Link).max(20).default([]),
  public: z.boolean().default(false),
});
export type ServiceDefinition = z.output<typeof ServiceDefinition>;

const ServiceParams = z.object({ slug: Slug });

export const contract = {
  listServices: defineOperation({
    id: 'catalog.listServices',
    method: 'GET',
    path: '/services',
    summary: 'Services, by slug',
    query: PageQuery,
    response: page(ServiceView),
    errors: ['invalid_input'],
    scope: 'viewer',
    cli: { command: 'services list' },
  }),
  getService: defineOperation({
    id: 'catalog.getService',
    method: 'GET',
    path: '/services/:slug',
    summary: 'One service',
    params: ServiceParams,
    response: ServiceView,
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
    cli: { command: 'services show' },
  }),
  putService: defineOperation({
    id: 'catalog.putService',
    method: 'PUT',
    path: '/services/:slug',
    summary: 'Create or change a service',
    params: ServiceParams,
    body: ServiceDefinition,
    response: ServiceView,
    errors: ['invalid_input', 'precondition_failed'],
    scope: 'editor',
    versioned: true,
    cli: { command: 'services apply' },
  }),
};
