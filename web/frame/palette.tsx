import { CommandEmpty, CommandGroup, CommandInput, CommandItem, CommandList, CommandRoot } from 'cmdk';
import { Icon, type IconName } from '../ui/icons.tsx';
import { BareDialog } from '../ui/overlay/dialog.tsx';
import { usePaletteItems } from './palette-items.ts';

export interface PaletteItem {
  id: string;
  group: 'Do' | 'Go to' | 'Objectives' | 'Open incidents';
  label: string;
  icon: IconName;
  hint?: string;
  hotkey?: string;
  run: () => void;
}

/** ⌘K: everything that can be done or opened, by typing. Loaded when first asked for. */
export function Palette({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <BareDialog open={open} onOpenChange={onOpenChange} label="Find or do" className="dialog palette">
      <PaletteBody onDone={() => onOpenChange(false)} />
    </BareDialog>
  );
}

export function PaletteBody({ onDone }: { onDone: () => void }) {
  const items = usePaletteItems();
  const groups = Map.groupBy(items, (item) => item.group);
  const choose = (item: PaletteItem) => {
    onDone();
    item.run();
  };
  return (
    <CommandRoot label="Find or do" loop>
      <CommandInput placeholder="Find or do…" />
      <CommandList label="Results">
        <CommandEmpty>Nothing by that name. Try a service, an objective or a verb.</CommandEmpty>
        {[...groups].map(([group, members]) => (
          <CommandGroup key={group} heading={group}>
            {members.map((item) => (
              <CommandItem key={item.id} value={`${item.label} ${item.hint ?? ''} ${item.id}`} onSelect={() => choose(item)}>
                <Icon name={item.icon} />
                <span className="nowrap">{item.label}</span>
                {item.hint !== undefined && <span className="mute clip">{item.hint}</span>}
                {item.hotkey !== undefined && <kbd>{item.hotkey}</kbd>}
              </CommandItem>
            ))}
          </CommandGroup>
        ))}
      </CommandList>
      <div className="ft">
        <span>↑↓ choose</span>
        <span>⏎ do</span>
        <span>esc close</span>
      </div>
    </CommandRoot>
  );
}
