import { useQuery } from '@tanstack/react-query';

import { dayIn } from './data/local-time.ts';
import { kontor } from './shop.ts';

/** That of the device. */
export const OWN_ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone;

let zone: Promise<string> | null = null;

/** The time zone of the shop, read once for all who ask. Only the figures name it: who may not see them has their own. */
export function shopZone(): Promise<string> {
  const today = dayIn(OWN_ZONE, new Date());
  zone ??= kontor.GET('/api/v1/admin/dashboard', { params: { query: { from: today, to: today } } }).then(
    ({ data }) => data.timeZone,
    () => {
      zone = null;
      return OWN_ZONE;
    },
  );
  return zone;
}

/** The same, and that of the device until it is known. */
export function useZone(): string {
  return useQuery({ queryKey: ['zone'], queryFn: shopZone, staleTime: Number.POSITIVE_INFINITY }).data ?? OWN_ZONE;
}
