import { useNotify } from 'react-admin';

/** Tells what went wrong, long enough to be read. */
export function useTellError(): (text: string) => void {
  const notify = useNotify();
  return (text) => notify(text, { type: 'error', autoHideDuration: 10_000 });
}
