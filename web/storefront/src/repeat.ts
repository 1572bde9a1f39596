import { isKontorError } from '@kontor/client';
import { useRef } from 'preact/hooks';

/** Whether the shop has said no. Without an answer, or with that of a busy shop, what was asked for may be done. */
export function isRefused(error: unknown): boolean {
  if (!isKontorError(error)) return false;
  return error.status >= 400 && error.status < 500 && error.code !== 'idempotency_key_in_flight';
}

/** Sends something with an `Idempotency-Key` that stays the same until there is an answer: pressed again, it is done once.
 *  When `what` changes, it is something else. */
export function useSameKey(what = ''): <T>(send: (key: string) => Promise<T>) => Promise<T> {
  const kept = useRef<string | null>(null);
  const before = useRef(what);
  if (before.current !== what) kept.current = null;
  before.current = what;
  return async (send) => {
    kept.current ??= crypto.randomUUID();
    try {
      const answer = await send(kept.current);
      kept.current = null;
      return answer;
    } catch (error) {
      if (isRefused(error)) kept.current = null;
      throw error;
    }
  };
}
