import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api } from '../api/client.ts';
import { useAcknowledge, useOpenPages } from '../pages/alerts/acknowledge.ts';
import type { PaletteItem } from './palette.tsx';
import { SECTIONS } from './sections.ts';

/** The commands of the palette: what can be done now, where one can go, what can be opened. */
export function usePaletteItems(): PaletteItem[] {
  return [...useActs(), ...usePlaces(), ...useThings()];
}

function useActs(): PaletteItem[] {
  const navigate = useNavigate();
  const pages = useOpenPages();
  const take = useAcknowledge();
  return [
    ...(pages?.mine ?? []).map(
      (page): PaletteItem => ({
        id: page.id,
        group: 'Do',
        label: 'Acknowledge my page',
        icon: 'check',
        hint: page.alert.summary,
        hotkey: 'E',
        run: () => take.mutate(page.id),
      }),
    ),
    {
      id: 'declare',
      group: 'Do',
      label: 'Declare an incident',
      icon: 'incident',
      hotkey: 'C',
      run: () => void navigate({ to: '/declare' }),
    },
    {
      id: 'test',
      group: 'Do',
      label: 'Send me a test',
      icon: 'send',
      hint: 'how I am reached',
      run: () => void navigate({ to: '/settings' }),
    },
  ];
}

function usePlaces(): PaletteItem[] {
  const navigate = useNavigate();
  return SECTIONS.map(
    (section): PaletteItem => ({
      id: section.path,
      group: 'Go to',
      label: section.label,
      icon: section.icon,
      ...(section.key !== undefined && { hotkey: `G ${section.key.toUpperCase()}` }),
      run: () => void navigate({ to: section.path }),
    }),
  );
}

function useThings(): PaletteItem[] {
  const navigate = useNavigate();
  const incidents = useQuery(api.incidents.listIncidents.query({ query: { state: 'open', limit: 100 } }));
  const objectives = useQuery(api.slo.listObjectives.query({ query: { limit: 200 } }));
  return [
    ...(incidents.data?.items ?? []).map(
      (incident): PaletteItem => ({
        id: incident.id,
        group: 'Open incidents',
        label: incident.title,
        icon: 'incident',
        hint: `INC-${incident.number}`,
        run: () => void navigate({ to: '/incidents/$id', params: { id: incident.id } }),
      }),
    ),
    ...(objectives.data?.items ?? []).map(
      (objective): PaletteItem => ({
        id: objective.id,
        group: 'Objectives',
        label: objective.name,
        icon: 'target',
        hint: objective.service.name,
        run: () => void navigate({ to: '/objectives/$slug', params: { slug: objective.slug } }),
      }),
    ),
  ];
}
