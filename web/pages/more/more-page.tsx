import { Link } from '@tanstack/react-router';
import { useCrumb } from '../../frame/crumbs.tsx';
import { Page } from '../../frame/page.tsx';
import { SECTIONS } from '../../frame/sections.ts';
import { Icon } from '../../ui/icons.tsx';

/** On a phone: the sections that have no tab. */
export function MorePage() {
  useCrumb('More');
  return (
    <Page>
      <h1 className="sr">More</h1>
      <ul className="list">
        {SECTIONS.filter((section) => section.tab !== true).map((section) => (
          <li key={section.path}>
            <Link to={section.path} className="row grow">
              <Icon name={section.icon} />
              <span className="grow medium">{section.label}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Page>
  );
}
