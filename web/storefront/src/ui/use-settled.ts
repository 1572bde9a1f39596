import { useEffect, useState } from 'preact/hooks';

/** A text when nobody types any more. */
export function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const later = setTimeout(() => setSettled(text), 600);
    return () => clearTimeout(later);
  }, [text]);
  return settled;
}
