import { useState } from 'react';
import { useGetIdentity } from 'react-admin';

/** An id that this window keeps under a name while the same person is signed in, and the function that keeps it. */
export function useKept(name: string): [id: string | null, keep: (id: string) => void] {
  const { identity } = useGetIdentity();
  const [, setKept] = useState<string>();
  const key = `kontor.console.files.${name}.${identity?.id}`;

  /** Also what became of work that goes on after the page was left is seen when it is opened again. */
  function keep(id: string) {
    sessionStorage.setItem(key, id);
    setKept(id);
  }

  return [identity ? sessionStorage.getItem(key) : null, keep];
}
