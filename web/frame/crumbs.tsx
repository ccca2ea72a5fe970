import { createContext, type ReactNode, use, useContext, useEffect, useState } from 'react';

interface Crumb {
  label: string;
  isId: boolean;
}

interface Crumbs {
  crumb: Crumb | undefined;
  set: (crumb: Crumb | undefined) => void;
}

const Context = createContext<Crumbs>({ crumb: undefined, set: () => undefined });

export function CrumbProvider({ children }: { children: ReactNode }) {
  const [crumb, set] = useState<Crumb>();
  return <Context value={{ crumb, set }}>{children}</Context>;
}

/** Names the page in the breadcrumb and in the window's title. Ids are set in mono. */
export function useCrumb(label: string | undefined, isId = false): void {
  const { set } = useContext(Context);
  useEffect(() => {
    if (label === undefined) return undefined;
    set({ label, isId });
    return () => set(undefined);
  }, [label, isId, set]);
}

export function useCurrentCrumb(): Crumb | undefined {
  return use(Context).crumb;
}
