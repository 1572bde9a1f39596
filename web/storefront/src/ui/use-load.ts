import { useCallback, useEffect, useReducer, useRef, useState } from 'preact/hooks';
import { isAbort } from './errors.ts';
import { loadBegins, loadEnds } from './first-page.ts';

export interface Loaded<T> {
  /** With an error it is never that of other `deps`. */
  data: T | undefined;
  /** The last answer, whatever `deps` it was for. */
  last: T | undefined;
  error: unknown;
  loading: boolean;
  reload: () => void;
  /** Puts an answer in place of the loaded one, such as that of a change. */
  set: (data: T) => void;
}

interface Options {
  /** Keeps showing the last data while that of other `deps` comes, such as for the next page of a list. */
  stale?: boolean;
  /** A name under which the data is kept in memory: who comes back sees it at once, while it is loaded again. */
  remember?: string;
}

interface State<T> {
  id: string;
  data: T | undefined;
  last: T | undefined;
  error: unknown;
  loading: boolean;
}

const remembered = new Map<string, unknown>();
const MOST = 30;

/** Loads what a page shows, and again when `deps` change: values that JSON can hold. Late answers are dropped. `load` is told
 * whether it is called by `reload`. */
export function useLoad<T>(
  load: (signal: AbortSignal, again: boolean) => Promise<T>,
  deps: unknown[],
  { stale = false, remember }: Options = {},
): Loaded<T> {
  const id = JSON.stringify(deps);
  const place = remember === undefined ? undefined : remember + id;
  const before = place === undefined ? undefined : (remembered.get(place) as T | undefined);
  const [state, setState] = useState<State<T>>({ id, data: before, last: before, error: null, loading: true });
  const shown = useRef(id);
  shown.current = id;
  const [turn, reload] = useReducer((count: number) => count + 1, 0);
  const current =
    state.id === id ? state : { id, data: before, last: before ?? state.last, error: null, loading: true };

  useEffect(() => {
    const control = new AbortController();
    setState({ ...current, error: null, loading: true });
    loadBegins();
    load(control.signal, turn > 0)
      .finally(loadEnds)
      .then(
        (data) => {
          if (place !== undefined) keep(place, data);
          if (!control.signal.aborted) setState({ id, data, last: data, error: null, loading: false });
        },
        (error: unknown) => {
          if (!control.signal.aborted && !isAbort(error)) setState({ ...current, error, loading: false });
        },
      );
    return () => control.abort();
  }, [id, turn]);

  const set = useCallback(
    (data: T) => {
      if (place !== undefined) keep(place, data);
      // The answer may be late, and something else be shown by now.
      if (shown.current === id) setState({ id, data, last: data, error: null, loading: false });
    },
    [id],
  );
  const { last, error, loading } = current;
  const data = current.data === undefined && stale && !error ? last : current.data;
  return { data, last, error, loading, reload: () => reload(undefined), set };
}

function keep(place: string, data: unknown): void {
  remembered.delete(place);
  remembered.set(place, data);
  if (remembered.size > MOST) remembered.delete(remembered.keys().next().value as string);
}

/** Forgets what pages showed: after a sign-in or a sign-out, or when the shop changed it. */
export function forgetLoaded(): void {
  remembered.clear();
}
