import type { ReactNode } from 'react';
import { Button } from '../button.tsx';

interface FormFootProps {
  /** What sending is called. */
  children: ReactNode;
  busy: boolean;
  onCancel: () => void;
  hotkey?: string;
}

/** The end of a form that can be left: send it, or not. */
export function FormFoot({ children, busy, onCancel, hotkey }: FormFootProps) {
  return (
    <div className="foot row wrap">
      <Button kind="primary" size="large" type="submit" busy={busy} {...(hotkey !== undefined && { hotkey })}>
        {children}
      </Button>
      <Button size="large" onClick={onCancel}>
        Cancel
      </Button>
    </div>
  );
}
