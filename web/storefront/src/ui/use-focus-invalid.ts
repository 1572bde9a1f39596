import { useEffect } from 'preact/hooks';

/** After a refusal, the first field that was refused gets the focus. */
export function useFocusInvalid(error: unknown): void {
  useEffect(() => {
    if (error) document.querySelector<HTMLElement>('main [aria-invalid="true"]')?.focus();
  }, [error]);
}
