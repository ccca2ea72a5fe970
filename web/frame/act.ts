import { type UseMutationResult, useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Contracts } from '../api/contracts.ts';
import type { ApiProblem } from '../api/problem.ts';
import { queries } from '../api/queries.ts';
import { toast } from '../ui/overlay/toast.tsx';

interface ActOptions<T> {
  /** Modules whose answers the act makes stale. Live events do the same a moment later. */
  renews: readonly (keyof Contracts)[];
  /** What is said when it succeeded; nothing when the page itself shows it. */
  said?: (answer: T) => ReactNode;
  after?: (answer: T) => void;
}

/** A change a person makes: one call, what it renews, what it says. Its problem is shown in place by the caller. */
export function useAct<I, T>(run: (input: I) => Promise<T>, options: ActOptions<T>): UseMutationResult<T, ApiProblem, I> {
  return useMutation<T, ApiProblem, I>({
    mutationFn: run,
    onSuccess: (answer) => {
      for (const module of options.renews) void queries.invalidateQueries({ queryKey: [module] });
      const said = options.said?.(answer);
      if (said !== undefined) toast(said);
      options.after?.(answer);
    },
  });
}
