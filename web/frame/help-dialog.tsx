import { COMMAND_K, currentKeys, type KeyCommand } from '../lib/keys.ts';
import { Dialog } from '../ui/overlay/dialog.tsx';

/** What each key does here and now. */
export function HelpDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keys" narrow>
      <KeyList />
    </Dialog>
  );
}

function KeyList() {
  const groups = Map.groupBy(currentKeys(), (command) => command.group);
  const palette: KeyCommand = { keys: COMMAND_K, label: 'find or do anything', group: '', run: () => undefined };
  return (
    <dl className="keys">
      {[...groups].map(([group, commands]) => [
        <h3 key={group}>{group}</h3>,
        ...(group === 'Anywhere' ? [palette, ...commands] : commands).map((command) => [
          <dt key={`k${command.keys}`}>
            {(command.keys === COMMAND_K ? [COMMAND_K] : command.keys.split(' ')).map((key) => (
              <kbd key={key}>{key === 'Enter' ? '⏎' : key}</kbd>
            ))}
          </dt>,
          <dd key={`l${command.keys}`}>{command.label}</dd>,
        ]),
      ])}
    </dl>
  );
}
