import type { ComponentProps, ReactNode } from 'react';
import { Icon, type IconName } from './icons.tsx';

export interface ButtonLook {
  /** One filled button on a screen. */
  kind?: 'primary' | 'plain' | 'ghost';
  size?: 'normal' | 'large';
  icon?: IconName;
  /** The key that does the same, shown where keys exist. */
  hotkey?: string;
}

export function buttonClass({ kind = 'plain', size = 'normal' }: ButtonLook, extra?: string): string {
  return ['btn', kind === 'plain' ? '' : kind, size === 'large' ? 'lg' : '', extra ?? ''].filter((name) => name !== '').join(' ');
}

type ButtonProps = ButtonLook & { busy?: boolean; children?: ReactNode } & Omit<ComponentProps<'button'>, 'children'>;

export function Button({ kind, size, icon, hotkey, busy, className, children, disabled, type = 'button', ...rest }: ButtonProps) {
  const look: ButtonLook = { ...(kind && { kind }), ...(size && { size }) };
  return (
    <button {...rest} type={type} className={buttonClass(look, className)} disabled={disabled === true || busy === true} aria-busy={busy}>
      {icon !== undefined && <Icon name={icon} />}
      {children}
      {hotkey !== undefined && <kbd aria-hidden="true">{hotkey}</kbd>}
    </button>
  );
}

export function IconButton({
  icon,
  label,
  className,
  ...rest
}: { icon: IconName; label: string } & Omit<ComponentProps<'button'>, 'children'>) {
  return (
    <button
      type="button"
      {...rest}
      className={`icon-btn${className === undefined ? '' : ` ${className}`}`}
      aria-label={label}
      title={label}
    >
      <Icon name={icon} />
    </button>
  );
}

/** One of a few, all in sight: the range of a chart, the filter of a list. */
export function Segments<T extends string>(props: {
  label: string;
  options: readonly { value: T; label: ReactNode }[];
  value: T | undefined;
  onChange: (value: T) => void;
  className?: string;
}) {
  return (
    <span className={`seg${props.className === undefined ? '' : ` ${props.className}`}`} role="group" aria-label={props.label}>
      {props.options.map((option) => (
        <button key={option.value} type="button" aria-pressed={option.value === props.value} onClick={() => props.onChange(option.value)}>
          {option.label}
        </button>
      ))}
    </span>
  );
}

/** Fixed at the thumb on a phone: one main act and at most one neighbour. Shown on phones only. */
export function ActionBar({ children }: { children: ReactNode }) {
  return (
    <div className="actbar only-phone" role="region" aria-label="Main action">
      {children}
    </div>
  );
}
