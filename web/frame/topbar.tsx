import { useMutation } from '@tanstack/react-query';
import { Link, useLocation, useNavigate } from '@tanstack/react-router';
import { api } from '../api/client.ts';
import { useLive } from '../api/live.ts';
import { queries } from '../api/queries.ts';
import { useNow } from '../lib/clock.ts';
import { COMMAND_K } from '../lib/keys.ts';
import { useStored } from '../lib/stored.ts';
import { chooseTheme, THEMES, theme } from '../lib/theme.ts';
import { duration } from '../lib/words.ts';
import { toggleZone, useZone, writeTime } from '../lib/zone.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { Avatar } from '../ui/mark.tsx';
import { Menu, MenuChoice, MenuItem } from '../ui/overlay/menu.tsx';
import { useCurrentCrumb } from './crumbs.tsx';
import { useFrameFacts } from './facts.ts';
import { sectionOf } from './sections.ts';
import { useMe } from './session.ts';

export function Topbar({ onFind, onHelp }: { onFind: () => void; onHelp: () => void }) {
  return (
    <header className="topbar">
      <Breadcrumb />
      <button className="find" type="button" onClick={onFind} aria-keyshortcuts="Meta+K Control+K">
        <Icon name="search" />
        <span>Find or do…</span>
        <kbd>{COMMAND_K}</kbd>
      </button>
      <LiveDot />
      <OnCall />
      <IconButton icon="search" label="Find or do" className="only-phone" onClick={onFind} />
      <MeMenu onHelp={onHelp} />
    </header>
  );
}

function Breadcrumb() {
  const crumb = useCurrentCrumb();
  const section = useLocation({ select: (location) => sectionOf(location.pathname) });
  if (crumb === undefined || section === undefined) {
    return (
      <nav className="crumb" aria-label="Breadcrumb">
        <b>{crumb?.label ?? section?.label ?? 'Nines'}</b>
      </nav>
    );
  }
  return (
    <nav className="crumb" aria-label="Breadcrumb">
      <Link to={section.path} className="no-phone">
        {section.label}
      </Link>
      <span className="no-phone" aria-hidden="true">
        /
      </span>
      <b className={crumb.isId ? 'mono clip' : 'clip'}>{crumb.label}</b>
    </nav>
  );
}

function LiveDot() {
  const live = useLive();
  if (live.kind === 'lost') return <Lost since={live.since} />;
  return <LiveWord kind={live.kind} />;
}

function LiveWord({ kind }: { kind: 'live' | 'connecting' }) {
  return (
    <span className={kind === 'live' ? 'live' : 'live waiting'} title={kind === 'live' ? 'Changes arrive by themselves' : 'Connecting'}>
      <i />
      <span>{kind === 'live' ? 'Live' : 'Connecting'}</span>
    </span>
  );
}

function Lost({ since }: { since: number }) {
  const now = useNow();
  const where = useZone();
  // The browser mends most breaks at once; those are not worth a word.
  if (now - since < 3000) return <LiveWord kind="connecting" />;
  return (
    <span className="live lost" role="status" title={`What you see is from ${writeTime(since, 'second', where)}`}>
      <i />
      <span>Lost {duration(now - since)} ago, trying again</span>
    </span>
  );
}

function OnCall() {
  const { onCall } = useFrameFacts();
  if (onCall === undefined) return null;
  return (
    <Link to="/on-call" className="row nphone sm soft">
      {onCall.isMe ? <Icon name="phone" /> : <Avatar name={onCall.name} />}
      <span className="nowrap">On call: {onCall.isMe ? 'you' : (onCall.name.split(' ')[0] ?? onCall.name)}</span>
    </Link>
  );
}

const THEME_LOOK = {
  system: { label: 'As the system', icon: 'screen' },
  light: { label: 'Light', icon: 'sun' },
  dark: { label: 'Dark', icon: 'moon' },
} as const;

function MeMenu({ onHelp }: { onHelp: () => void }) {
  const me = useMe();
  const chosen = useStored(theme);
  const where = useZone();
  const navigate = useNavigate();
  const signOut = useMutation({
    mutationFn: () => api.identity.signOut(),
    onSettled: async () => {
      queries.clear();
      await navigate({ to: '/sign-in' });
    },
  });
  return (
    <Menu
      trigger={
        <button type="button" className="me-btn" title={me.name}>
          <Avatar name={me.name} me />
          <span className="sr">You: {me.name}</span>
        </button>
      }
    >
      <div className="hd">
        <b>{me.name}</b>
        {me.email}
      </div>
      <hr />
      <MenuChoice value={chosen} onChange={chooseTheme} options={THEMES.map((value) => ({ value, ...THEME_LOOK[value] }))} />
      <hr />
      <MenuItem icon="clock" hotkey="Z" onSelect={toggleZone}>
        {where === 'utc' ? 'Times in my zone' : 'Times in UTC'}
      </MenuItem>
      <MenuItem icon="mobile" onSelect={() => void navigate({ to: '/settings' })}>
        How I am reached
      </MenuItem>
      <MenuItem icon="key" hotkey="?" onSelect={onHelp}>
        Keys
      </MenuItem>
      <hr />
      <MenuItem icon="out" onSelect={() => signOut.mutate()}>
        Sign out
      </MenuItem>
    </Menu>
  );
}

export function DeclareButton() {
  const navigate = useNavigate();
  return (
    <Button icon="incident" hotkey="C" onClick={() => void navigate({ to: '/declare' })}>
      Declare
    </Button>
  );
}
