import { Outlet, useLocation, useNavigate, useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { whenSignedOut } from '../api/client.ts';
import { listen } from '../api/live.ts';
import { queries } from '../api/queries.ts';
import { type KeyCommand, moveRow, useKeys } from '../lib/keys.ts';
import { toggleZone } from '../lib/zone.ts';
import { useAcknowledge, useOpenPages } from '../pages/alerts/acknowledge.ts';
import { Toaster } from '../ui/overlay/toast.tsx';
import { CrumbProvider, useCurrentCrumb } from './crumbs.tsx';
import { Rail, TabBar } from './rail.tsx';
import { SECTIONS, sectionOf } from './sections.ts';
import { sessionQuery } from './session.ts';
import { Topbar } from './topbar.tsx';

const Palette = lazy(() => import('./palette.tsx').then((module) => ({ default: module.Palette })));
const HelpDialog = lazy(() => import('./help-dialog.tsx').then((module) => ({ default: module.HelpDialog })));

type Floating = 'palette' | 'help' | undefined;

/** Everything around a page: rail, top bar, tabs, keys, palette, the live line. */
export function Frame() {
  const [floating, setFloating] = useState<Floating>();
  const [used, setUsed] = useState<ReadonlySet<Floating>>(new Set());
  const show = (which: Floating) => {
    setUsed((before) => new Set([...before, which]));
    setFloating(which);
  };
  useEffect(listen, []);
  useSignOutRedirect();
  useFrameKeys(show);
  useCommandK(() => show('palette'));
  const isMore = useLocation({ select: ({ pathname }) => pathname === '/more' || sectionOf(pathname)?.tab !== true });
  return (
    <CrumbProvider>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <div className="app">
        <Rail />
        <div className="main">
          <Topbar onFind={() => show('palette')} onHelp={() => show('help')} />
          <Outlet />
        </div>
      </div>
      <TabBar isMore={isMore} />
      <Toaster />
      <WindowTitle />
      <Suspense>
        {used.has('palette') && (
          <Palette open={floating === 'palette'} onOpenChange={(open) => setFloating(open ? 'palette' : undefined)} />
        )}
        {used.has('help') && <HelpDialog open={floating === 'help'} onOpenChange={(open) => setFloating(open ? 'help' : undefined)} />}
      </Suspense>
    </CrumbProvider>
  );
}

function WindowTitle() {
  const crumb = useCurrentCrumb();
  const section = useLocation({ select: ({ pathname }) => sectionOf(pathname)?.label });
  return <title>{`${crumb?.label ?? section ?? 'Nines'} · Nines`}</title>;
}

function useSignOutRedirect(): void {
  const router = useRouter();
  useEffect(
    () =>
      whenSignedOut(() => {
        queries.removeQueries({ queryKey: sessionQuery.queryKey });
        void router.navigate({ to: '/sign-in', search: { next: router.state.location.href } });
      }),
    [router],
  );
}

function useFrameKeys(show: (which: Floating) => void): void {
  const navigate = useNavigate();
  const go = SECTIONS.flatMap((section): KeyCommand[] =>
    section.key === undefined
      ? []
      : [{ keys: `g ${section.key}`, label: `go to ${section.label}`, group: 'Go to', run: () => void navigate({ to: section.path }) }],
  );
  const oldest = useOpenPages()?.mine.at(-1);
  const take = useAcknowledge();
  useKeys([
    ...(oldest === undefined ? [] : [{ keys: 'e', label: 'acknowledge my page', group: 'Anywhere', run: () => take.mutate(oldest.id) }]),
    { keys: 'c', label: 'declare an incident', group: 'Anywhere', run: () => void navigate({ to: '/declare' }) },
    { keys: 'z', label: 'times in UTC or in your zone', group: 'Anywhere', run: toggleZone },
    { keys: '?', label: 'these keys', group: 'Anywhere', run: () => show('help') },
    { keys: 'j', label: 'next row', group: 'In lists', run: () => moveRow(1) },
    { keys: 'k', label: 'row before', group: 'In lists', run: () => moveRow(-1) },
    ...go,
  ]);
}

function useCommandK(open: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      open();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });
}
