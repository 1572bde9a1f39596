import { useSyncExternalStore } from 'react';
import { useGetIdentity } from 'react-admin';

const listeners = new Set<() => void>();

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** An id that this window keeps under a name while the same person is signed in, and the function that keeps it. */
export function useKept(name: string): [id: string | null, keep: (id: string) => void] {
  const { identity } = useGetIdentity();
  const key = `kontor.console.files.${name}.${identity?.id}`;
  const id = useSyncExternalStore(subscribe, () => (identity ? sessionStorage.getItem(key) : null));

  /** Work that began before its page was left and opened again is seen there too. */
  function keep(id: string) {
    sessionStorage.setItem(key, id);
    for (const listener of listeners) listener();
  }

  return [id, keep];
}
