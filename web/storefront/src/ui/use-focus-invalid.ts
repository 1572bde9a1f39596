import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** After a refusal, the first field that was refused gets the focus. The answer belongs to the form. */
export function useFocusInvalid(error: unknown): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    const refused = error ? form.current?.querySelector<HTMLElement>('[aria-invalid="true"]') : null;
    // What has the focus already gets it anew: else screen readers say nothing.
    refused?.blur();
    refused?.focus();
  }, [error]);
  return form;
}
