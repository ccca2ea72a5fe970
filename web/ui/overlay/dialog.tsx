import { Dialog as Base } from '@base-ui/react/dialog';
import { type ReactNode, useRef } from 'react';
import { Icon } from '../icons.tsx';

/** A modal; on a phone a sheet at the bottom. Esc and the backdrop close it; focus returns to where it was. */
export function Dialog(props: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  narrow?: boolean;
  children: ReactNode;
}) {
  const popup = useRef<HTMLDivElement>(null);
  // Writing starts at once, but on a touch screen the keyboard would cover what is to be read first.
  const first = (how: string) => (how === 'touch' ? true : (firstField(popup.current) ?? true));
  return (
    <Base.Root open={props.open} onOpenChange={(open) => props.onOpenChange(open)}>
      <Base.Portal>
        <Base.Backdrop className="scrim" />
        <Base.Popup ref={popup} initialFocus={first} className={props.narrow === true ? 'dialog narrow' : 'dialog'}>
          <header>
            <Base.Title>{props.title}</Base.Title>
            <Base.Close className="icon-btn" aria-label="Close">
              <Icon name="cross" />
            </Base.Close>
          </header>
          <div className="body">{props.children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** Where one writes first: a text before a field, a field before a choice. */
function firstField(popup: HTMLElement | null): HTMLElement | undefined {
  const kinds = ['textarea', 'input:not([type="radio"], [type="checkbox"])', 'select'];
  return (
    kinds.map((kind) => popup?.querySelector<HTMLElement>(`.body ${kind}`)).find((field) => field !== null && field !== undefined) ??
    undefined
  );
}

/** The same without a head: the palette brings its own field. */
export function BareDialog(props: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  label: string;
  className: string;
  children: ReactNode;
}) {
  return (
    <Base.Root open={props.open} onOpenChange={(open) => props.onOpenChange(open)}>
      <Base.Portal>
        <Base.Backdrop className="scrim" />
        <Base.Popup className={props.className} aria-label={props.label}>
          {props.children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
