import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';

/** The token of a mailed link. It is taken out of the address bar, so that nobody copies or bookmarks it. */
export function useMailLink(): string {
  const { query } = useLocation();
  const [token] = useState(() => {
    const found = query['token'] ?? '';
    if (found) history.replaceState(null, '', location.pathname);
    return found;
  });
  return token;
}
