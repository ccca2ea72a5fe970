import { Menu as Base } from '@base-ui/react/menu';
import type { ReactElement, ReactNode } from 'react';
import { Icon, type IconName } from '../icons.tsx';

/** A menu on a button. Arrow keys, typing ahead and Esc come with it. */
export function Menu({ trigger, children }: { trigger: ReactElement; children: ReactNode }) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className="menu-pos" sideOffset={6} align="end">
          <Base.Popup className="menu">{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export function MenuItem(props: { icon?: IconName; hotkey?: string; disabled?: boolean; onSelect: () => void; children: ReactNode }) {
  return (
    <Base.Item className="item" onClick={props.onSelect} disabled={props.disabled === true}>
      {props.icon !== undefined && <Icon name={props.icon} />}
      {props.children}
      {props.hotkey !== undefined && <kbd>{props.hotkey}</kbd>}
    </Base.Item>
  );
}

/** One of a few, with a tick at the one that holds. */
export function MenuChoice<T extends string>(props: {
  value: T;
  onChange: (value: T) => void;
  options: readonly { value: T; label: string; icon: IconName }[];
}) {
  return (
    <Base.RadioGroup value={props.value} onValueChange={props.onChange}>
      {props.options.map((option) => (
        <Base.RadioItem key={option.value} value={option.value} className="item" closeOnClick>
          <Icon name={option.icon} />
          {option.label}
          <Base.RadioItemIndicator className="tick">
            <Icon name="check" />
          </Base.RadioItemIndicator>
        </Base.RadioItem>
      ))}
    </Base.RadioGroup>
  );
}
