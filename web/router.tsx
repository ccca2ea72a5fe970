import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { queries } from './api/queries.ts';
import { Frame } from './frame/frame.tsx';
import { PageFailed, PagePending } from './frame/page.tsx';
import { sessionQuery } from './frame/session.ts';
import { editSearch } from './pages/objectives/edit/edit-search.ts';
import * as search from './search.ts';

const root = createRootRoute({ component: Outlet });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: search.nextSearch,
  component: lazyRouteComponent(() => import('./pages/entry/sign-in-page.tsx'), 'SignInPage'),
});
const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  component: lazyRouteComponent(() => import('./pages/entry/welcome-page.tsx'), 'WelcomePage'),
});
const parts = createRoute({
  getParentRoute: () => root,
  path: '/parts',
  component: lazyRouteComponent(() => import('./pages/parts/parts-page.tsx'), 'PartsPage'),
});

/** Everything inside the frame is for people who are signed in. */
const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  component: Frame,
  beforeLoad: async ({ location }) => {
    const session = await queries.ensureQueryData(sessionQuery);
    if (session.setupNeeded) throw redirect({ to: '/welcome' });
    if (session.person === null) throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { next: location.href } });
  },
});
const getParentRoute = () => frame;

const pages = [
  createRoute({ getParentRoute, path: '/', component: lazyRouteComponent(() => import('./pages/now/now-page.tsx'), 'NowPage') }),
  createRoute({
    getParentRoute,
    path: '/alerts',
    validateSearch: search.alertsSearch,
    component: lazyRouteComponent(() => import('./pages/alerts/alerts-page.tsx'), 'AlertsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/alerts/$id',
    component: lazyRouteComponent(() => import('./pages/alerts/alert-page.tsx'), 'AlertPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/incidents',
    validateSearch: search.incidentsSearch,
    component: lazyRouteComponent(() => import('./pages/incidents/incidents-page.tsx'), 'IncidentsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/incidents/$id',
    validateSearch: search.incidentSearch,
    component: lazyRouteComponent(() => import('./pages/incidents/incident-page.tsx'), 'IncidentPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/declare',
    validateSearch: search.declareSearch,
    component: lazyRouteComponent(() => import('./pages/incidents/declare-page.tsx'), 'DeclarePage'),
  }),
  createRoute({
    getParentRoute,
    path: '/objectives',
    validateSearch: search.objectivesSearch,
    component: lazyRouteComponent(() => import('./pages/objectives/objectives-page.tsx'), 'ObjectivesPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/objectives/$slug',
    validateSearch: search.objectiveSearch,
    component: lazyRouteComponent(() => import('./pages/objectives/page/objective-page.tsx'), 'ObjectivePage'),
  }),
  createRoute({
    getParentRoute,
    path: '/objectives/$slug/edit',
    validateSearch: editSearch,
    component: lazyRouteComponent(() => import('./pages/objectives/edit/edit-page.tsx'), 'EditPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/objectives/new',
    validateSearch: search.newObjectiveSearch,
    component: lazyRouteComponent(() => import('./pages/objectives/create/create-page.tsx'), 'CreatePage'),
  }),
  createRoute({
    getParentRoute,
    path: '/objectives/policy',
    validateSearch: search.policySearch,
    component: lazyRouteComponent(() => import('./pages/objectives/policy/policy-page.tsx'), 'PolicyPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/objectives/nines',
    validateSearch: search.ninesSearch,
    component: lazyRouteComponent(() => import('./pages/objectives/nines/nines-page.tsx'), 'NinesPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/on-call',
    validateSearch: search.onCallSearch,
    component: lazyRouteComponent(() => import('./pages/on-call/on-call-page.tsx'), 'OnCallPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/services',
    validateSearch: search.servicesSearch,
    component: lazyRouteComponent(() => import('./pages/services/services-page.tsx'), 'ServicesPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/changes',
    validateSearch: search.changesSearch,
    component: lazyRouteComponent(() => import('./pages/changes/changes-page.tsx'), 'ChangesPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/postmortems',
    validateSearch: search.postmortemsSearch,
    component: lazyRouteComponent(() => import('./pages/postmortems/postmortems-page.tsx'), 'PostmortemsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/postmortems/$id',
    component: lazyRouteComponent(() => import('./pages/postmortems/postmortem-page.tsx'), 'PostmortemPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/actions',
    validateSearch: search.actionsSearch,
    component: lazyRouteComponent(() => import('./pages/actions/actions-page.tsx'), 'ActionsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/settings',
    validateSearch: search.settingsSearch,
    component: lazyRouteComponent(() => import('./pages/settings/settings-page.tsx'), 'SettingsPage'),
  }),
  createRoute({ getParentRoute, path: '/more', component: lazyRouteComponent(() => import('./pages/more/more-page.tsx'), 'MorePage') }),
] as const;

const tree = root.addChildren([signIn, welcome, parts, frame.addChildren(pages)]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: 'intent',
  defaultPendingComponent: PagePending,
  defaultErrorComponent: PageFailed,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
