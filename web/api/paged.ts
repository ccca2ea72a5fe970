import { useInfiniteQuery } from '@tanstack/react-query';

interface PageOf<Item> {
  items: Item[];
  next: string | null;
}

/** A list read page by page; `more` reads on. Rows already shown are renewed together. */
export function usePaged<Item, Query extends object>(
  operation: {
    (call: { query: Query & { after?: string } }, options: { signal: AbortSignal }): Promise<PageOf<Item>>;
    key(): readonly string[];
  },
  query: Query,
) {
  const result = useInfiniteQuery({
    queryKey: [...operation.key(), 'paged', query],
    queryFn: ({ pageParam, signal }) => operation({ query: pageParam === null ? query : { ...query, after: pageParam } }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    // While another query is answered, the last answer stays.
    placeholderData: (before) => before,
  });
  return {
    result,
    items: result.data?.pages.flatMap((page) => page.items),
    more: result.hasNextPage ? () => void result.fetchNextPage() : undefined,
    isLoadingMore: result.isFetchingNextPage,
  };
}
