import { useNavigate } from '@tanstack/react-router';
import { useAcknowledge, useOpenPages } from '../pages/alerts/acknowledge.ts';
import type { PaletteItem } from './palette.tsx';
import { SECTIONS } from './sections.ts';

/** The commands of the palette, from what is open now. */
export function usePaletteItems(): PaletteItem[] {
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
    ...SECTIONS.map(
      (section): PaletteItem => ({
        id: section.path,
        group: 'Go to',
        label: section.label,
        icon: section.icon,
        ...(section.key !== undefined && { hotkey: `G ${section.key.toUpperCase()}` }),
        run: () => void navigate({ to: section.path }),
      }),
    ),
  ];
}
