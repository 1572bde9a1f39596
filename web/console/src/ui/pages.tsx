import { Button } from '@mui/material';
import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query';

interface Page<T> {
  data: T[];
  pagination: { nextCursor: string | null };
}

/** A list that is read page by page. `entries` are those of all pages so far. */
export function usePages<T>(
  queryKey: QueryKey,
  ask: (query: { cursor?: string }) => Promise<Page<T>>,
  options: { enabled?: boolean } = {},
) {
  const { data, ...pages } = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam: cursor }) => ask(cursor ? { cursor } : {}),
    initialPageParam: '',
    getNextPageParam: ({ pagination }) => pagination.nextCursor,
    ...options,
  });
  return { ...pages, entries: data?.pages.flatMap((page) => page.data) };
}

interface MoreProps {
  of: { hasNextPage: boolean; isFetching: boolean; fetchNextPage: () => unknown };
  label?: string;
}

/** Reads the next page, if there is one. */
export function More({ of: { hasNextPage, isFetching, fetchNextPage }, label = 'Older ones' }: MoreProps) {
  if (!hasNextPage) return null;
  return (
    <Button onClick={() => fetchNextPage()} disabled={isFetching}>
      {label}
    </Button>
  );
}
