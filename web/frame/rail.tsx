import { Link } from '@tanstack/react-router';
import { Icon, Mark } from '../ui/icons.tsx';
import { SeverityGlyph } from '../ui/mark.tsx';
import { type FrameFacts, useFrameFacts } from './facts.ts';
import { type Section, SECTIONS } from './sections.ts';
import { useSession } from './session.ts';

export function Rail() {
  const facts = useFrameFacts();
  const { organisation } = useSession();
  return (
    <nav className="rail" aria-label="Main">
      <div className="brand">
        <Mark />
        Nines <small className="end clip">{organisation}</small>
      </div>
      {SECTIONS.filter((section) => section.apart !== true).map((section) => (
        <RailLink key={section.path} section={section} facts={facts} />
      ))}
      <hr />
      {SECTIONS.filter((section) => section.apart === true).map((section) => (
        <RailLink key={section.path} section={section} facts={facts} />
      ))}
    </nav>
  );
}

function RailLink({ section, facts }: { section: Section; facts: FrameFacts }) {
  return (
    <Link
      to={section.path}
      className="nav"
      activeOptions={{ exact: section.path === '/', includeSearch: false }}
      activeProps={{ 'aria-current': 'page' }}
    >
      <Icon name={section.icon} />
      <span>{section.label}</span>
      <Count section={section} facts={facts} />
    </Link>
  );
}

function Count({ section, facts }: { section: Section; facts: FrameFacts }) {
  if (section.path === '/alerts' && facts.openAlerts !== undefined && facts.openAlerts > 0)
    return <span className="count">{facts.openAlerts}</span>;
  if (section.path === '/incidents' && facts.openIncidents !== undefined && facts.openIncidents > 0) {
    return (
      <span className={facts.worst === undefined ? 'count hot' : `count hot tx-${facts.worst}`}>
        {facts.worst !== undefined && <SeverityGlyph severity={facts.worst} coloured />}
        {facts.openIncidents}
      </span>
    );
  }
  return null;
}

/** The phone's five tabs: four sections and More. */
export function TabBar({ isMore }: { isMore: boolean }) {
  const facts = useFrameFacts();
  return (
    <nav className="tabbar" aria-label="Sections">
      {SECTIONS.filter((section) => section.tab === true).map((section) => (
        <Link
          key={section.path}
          to={section.path}
          activeOptions={{ exact: section.path === '/', includeSearch: false }}
          activeProps={{ 'aria-current': 'page' }}
        >
          <Icon name={section.icon} />
          {section.label}
          {section.path === '/incidents' && facts.openIncidents !== undefined && facts.openIncidents > 0 && (
            <span className="bub">{facts.openIncidents}</span>
          )}
        </Link>
      ))}
      <Link to="/more" aria-current={isMore ? 'page' : undefined}>
        <Icon name="more" />
        More
      </Link>
    </nav>
  );
}
