import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './problem.ts';

/** Live events renew what is on screen, so answers stay fresh by themselves; reading again is the fallback. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (failures, error) => failures < 2 && error instanceof ApiProblem && (error.code === 'offline' || error.code === 'unavailable'),
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false },
  },
});
