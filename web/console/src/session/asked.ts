import { useEffect, useRef, useState } from 'react';

import { onAsked } from '../shop.ts';

interface Waiting {
  done: () => void;
  /** With the refusal of the shop, if there is no other reason. */
  refuse: (reason?: Error) => void;
}

/** Requests that wait until staff have done something. All that come meanwhile wait for the same. */
export function useAsked(what: Parameters<typeof onAsked>[0]) {
  const waiting = useRef<Waiting[]>([]);
  const [isAsked, setAsked] = useState(false);

  const end = (tell: (one: Waiting) => void) => {
    setAsked(false);
    waiting.current.splice(0).forEach(tell);
  };

  useEffect(() => {
    const forget = onAsked(what, (refusal) => {
      setAsked(true);
      return new Promise((done, refuse) =>
        waiting.current.push({ done, refuse: (reason = refusal) => refuse(reason) }),
      );
    });
    return () => {
      forget();
      for (const { refuse } of waiting.current.splice(0)) refuse();
    };
  }, [what]);

  return {
    isAsked,
    done: () => end(({ done }) => done()),
    refuse: (reason: Error) => end(({ refuse }) => refuse(reason)),
  };
}
