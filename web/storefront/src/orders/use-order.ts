import { isKontorError, type OrderBody, type OrderTrackingBody } from '@kontor/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { kontor } from '../shop.ts';
import { loadUser, user } from '../state/user.ts';
import { type Loaded, useLoad } from '../ui/use-load.ts';

export interface SeenOrder {
  order: OrderBody;
  history: OrderTrackingBody['history'];
}

const CHECKS = 20;
const PAUSE = 2000;
/** How often an order is loaded that cannot be watched. */
const UNWATCHED = 30_000;

/** An order that stays up to date: by live updates, and after Stripe's page by asking until the payment is heard. */
export function useOrder(id: string): Loaded<SeenOrder> & { backFromPaying: boolean; checks: number } {
  const { query } = useLocation();
  const [link] = useState(query);
  // An exchange is good for one token, and the order is loaded many times.
  const taken = useRef('');
  const loaded = useLoad(
    async (signal) => {
      if (taken.current !== id) await takeTokens(id, link);
      taken.current = id;
      const params = { path: { id } };
      const [{ data: order }, { data: track }] = await Promise.all([
        kontor.GET('/api/v1/orders/{id}', { params, signal }),
        kontor.GET('/api/v1/orders/{id}/track', { params, signal }),
        // Who it is decides how the order is watched.
        user.value === undefined && loadUser().catch(() => {}),
      ]);
      return { order, history: track.history };
    },
    [id],
  );
  const { data, reload } = loaded;

  const there = data !== undefined;
  const own = there && data.order.userId !== null && data.order.userId === user.value?.id;
  const [unwatched, setUnwatched] = useState(false);
  useEffect(() => {
    if (!there) return;
    const live = kontor.live({
      topics: [`order:${id}`],
      onWatched: () => {
        setUnwatched(false);
        reload();
      },
      onMessage: reload,
      onReload: reload,
      onError: () => setUnwatched(true),
      // The sign-in opens only the orders of this person. All others are opened by the token that this browser has.
      ...(!own && { orderId: id }),
    });
    return () => live.close();
  }, [id, there, own]);
  useEffect(() => {
    if (!unwatched) return;
    const timer = setInterval(() => document.visibilityState === 'visible' && reload(), UNWATCHED);
    return () => clearInterval(timer);
  }, [unwatched]);

  useEffect(() => {
    // Not every change has a message, and the browser's way back from Stripe's page may show this one as it was.
    const look = () => document.visibilityState === 'visible' && reload();
    const shown = (event: PageTransitionEvent) => event.persisted && reload();
    document.addEventListener('visibilitychange', look);
    addEventListener('pageshow', shown);
    // What a message told while there was no network could not be loaded.
    addEventListener('online', reload);
    return () => {
      document.removeEventListener('visibilitychange', look);
      removeEventListener('pageshow', shown);
      removeEventListener('online', reload);
    };
  }, [id]);

  const [checks, setChecks] = useState(0);
  const backFromPaying =
    link['paid'] === '1' && data?.order.status === 'pending' && data.order.paymentStatus === 'unpaid';
  useEffect(() => {
    if (!backFromPaying || checks >= CHECKS) return;
    const soon = setTimeout(() => {
      setChecks(checks + 1);
      reload();
    }, PAUSE);
    return () => clearTimeout(soon);
  }, [backFromPaying, checks]);

  return { ...loaded, backFromPaying: backFromPaying && checks < CHECKS, checks };
}

/** What a mail or Stripe's page gave for this order is kept by the client, and taken out of the address bar. */
async function takeTokens(id: string, { token, exchange }: Record<string, string>): Promise<void> {
  if (location.search) history.replaceState(null, '', location.pathname);
  if (token) await kontor.keepOrderToken(id, token);
  if (!exchange) return;
  try {
    await kontor.POST('/api/v1/orders/{id}/token', { params: { path: { id } }, body: { exchange } });
  } catch (error) {
    // It was used before; this browser may have the token still.
    if (!isKontorError(error, 'link_invalid', 'validation_failed')) throw error;
  }
}
