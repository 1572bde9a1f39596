import { useEffect } from 'preact/hooks';
import { kontor } from '../shop.ts';

/** A server between us may keep the answer to `GET /products/{id}` for five seconds, and show it for five more. */
const CACHED = 11_000;

/** Calls `reload` when price or stock of a product change, while the page is seen. */
export function useLiveProduct(productId: string, reload: () => void): void {
  useEffect(() => {
    let live: ReturnType<typeof kontor.live> | undefined;
    let later: ReturnType<typeof setTimeout> | undefined;
    const reloadLater = () => {
      clearTimeout(later);
      later = setTimeout(reload, CACHED);
    };
    const changed = () => {
      reload();
      // The first answer may be one from before the change.
      reloadLater();
    };
    const follow = () => {
      if (document.visibilityState === 'hidden') {
        live?.close();
        live = undefined;
      } else if (!live) {
        live = kontor.live({
          topics: [`product:${productId}`],
          // Nobody told what changed since the page was loaded.
          onWatched: reloadLater,
          onMessage: changed,
          onReload: changed,
        });
      }
    };
    const back = () => {
      follow();
      // Nobody told what changed while the page was hidden or had no network.
      if (document.visibilityState === 'visible') reload();
    };
    // First the page, then the connection.
    const start = setTimeout(follow, 1500);
    document.addEventListener('visibilitychange', back);
    addEventListener('online', back);
    return () => {
      clearTimeout(start);
      clearTimeout(later);
      document.removeEventListener('visibilitychange', back);
      removeEventListener('online', back);
      live?.close();
    };
  }, [productId]);
}
