import { useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';

/** An id that the address of the page keeps under a name, so that it outlives a reload, and the function that keeps it. */
export function useKept(name: string): [id: string | null, keep: (id: string) => void] {
  const [query, setQuery] = useSearchParams();
  const [path] = useState(() => location.pathname);
  const isShown = useRef(false);
  useEffect(() => {
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);

  /** The work that it is for goes on when the page was left, and other work keeps its id beside this one. */
  function keep(id: string) {
    const now = new URLSearchParams(location.search);
    if (!isShown.current || location.pathname !== path || now.get(name) === id) return;
    now.set(name, id);
    setQuery(now, { replace: true });
  }

  return [query.get(name), keep];
}
