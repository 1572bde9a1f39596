import { createContext, type ReactNode, use, useEffect, useId, useState } from 'react';
import { useFormIsDirty } from 'react-admin';
import { useBlocker } from 'react-router';

/** The parts of a page that have something unsaved. */
export const Unsaved = createContext(new Set<string>());

export const wantsToLose = () => confirm('What you changed is not saved. Do you want to lose it?');

/**
 * Asks before a page is left that has something unsaved, also after the shop refused to save it. A router asks one question
 * at a time, so all parts of all pages share this one.
 */
export function AskBeforeLeaving({ children }: { children: ReactNode }) {
  const [unsaved] = useState(() => new Set<string>());
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => unsaved.size > 0 && nextLocation.pathname !== currentLocation.pathname,
  );
  useEffect(() => {
    if (blocker.state !== 'blocked') return;
    if (wantsToLose()) blocker.proceed();
    else blocker.reset();
  }, [blocker, unsaved]);
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      if (unsaved.size > 0) event.preventDefault();
    };
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [unsaved]);
  return <Unsaved value={unsaved}>{children}</Unsaved>;
}

/** Tells the page whether this part of it has something unsaved. */
export function useUnsaved(part: string, isUnsaved: boolean) {
  const unsaved = use(Unsaved);
  useEffect(() => {
    if (!isUnsaved) return undefined;
    unsaved.add(part);
    return () => void unsaved.delete(part);
  }, [unsaved, part, isUnsaved]);
}

/** The same for the form that it is in. */
export function UnsavedForm({ part }: { part?: string }) {
  const own = useId();
  useUnsaved(part ?? own, useFormIsDirty());
  return null;
}
