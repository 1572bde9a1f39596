import type { CsvExportBody, UploadBody } from '@kontor/client';
import { type QueryKey, useQuery, useQueryClient } from '@tanstack/react-query';

import { isGoingOn, type Looked, looked } from './progress.ts';

interface Options<Work> {
  queryKey: QueryKey;
  read: () => Promise<Work>;
  /** Milliseconds between two looks. */
  pause: number;
  enabled?: boolean;
  refetchIntervalInBackground?: boolean;
}

/** Looks at the work on a file as long as it goes on. */
export function useLooked<Work extends CsvExportBody | UploadBody>({ read, pause, ...query }: Options<Work>) {
  const known = useQueryClient();
  return useQuery({
    ...query,
    queryFn: async () => looked(await read(), known.getQueryData<Looked<Work>>(query.queryKey)),
    refetchInterval: ({ state }) => (isGoingOn(state.data) ? pause : false),
  });
}
