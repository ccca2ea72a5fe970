/**
 * Catalog: the services that are looked after, with tier, owner, home zone and links.
 *
 * Tables: service
 * Invariants: a slug never changes its service; every other module names services by slug outside and by id inside.
 */
export { routes } from './routes.ts';
export {
  listPublicServices,
  listServicesByIds,
  listServicesBySlugs,
  loadServiceBySlug,
  type ServiceRow,
} from './store.ts';
