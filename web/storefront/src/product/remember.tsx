import type { VariantBody } from '@kontor/client';
import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { loadUser, user } from '../state/user.ts';
import { isWished, loadWishes, removeWish, saveWish } from '../state/wishes.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { ErrorMessage, Message } from '../ui/message.tsx';
import { toast } from '../ui/toast.tsx';
import { useAction } from '../ui/use-action.ts';

/** Runs something that needs an account. Guests sign in first, and come back to this page. */
export function useSignedInAction<A extends unknown[]>(action: (...args: A) => Promise<unknown>) {
  const { url, route } = useLocation();
  return useAction(async (...args: A) => {
    if (user.value === undefined) await loadUser();
    if (user.value) return action(...args);
    toast(t('product.signInFirst'));
    route(`/sign-in?${new URLSearchParams({ next: url })}`);
    return undefined;
  });
}

interface WishProps {
  variant: VariantBody | undefined;
  /** Called when somebody wants to save it before every option has a value. */
  onMissing: () => void;
}

/** Puts the chosen variant on the wish list, or takes it off again. */
export function Wish({ variant, onMissing }: WishProps) {
  const wished = variant !== undefined && isWished(variant.id);
  useEffect(loadWishes, [user.value?.id]);
  const wish = useSignedInAction(async ({ id, sku }: VariantBody) => {
    if (wished) return removeWish(id);
    await saveWish(sku);
    toast(t('product.wishSaved'), { href: '/account/wishlist', text: t('product.toWishlist') });
  });
  return (
    <>
      <Button
        class="wish"
        busy={wish.busy}
        aria-pressed={wished}
        onClick={() => (variant ? void wish.run(variant) : onMissing())}
      >
        <Icon name="heart" />
        {wished ? t('product.wished') : t('product.wish')}
      </Button>
      <ErrorMessage error={wish.error} />
    </>
  );
}

/** A mail when units are there again. */
export function StockAlert({ variant }: { variant: VariantBody }) {
  const [done, setDone] = useState(false);
  const person = user.value?.id;
  const alert = useSignedInAction(async () => {
    await kontor.PUT('/api/v1/stock-alerts/{sku}', { params: { path: { sku: variant.sku } } });
    setDone(true);
  });
  // The alert may be set since an earlier visit.
  useEffect(() => {
    if (!person) return setDone(false);
    const leaving = new AbortController();
    kontor
      .GET('/api/v1/stock-alerts', { signal: leaving.signal })
      .then(({ data }) => data.some((one) => one.variantId === variant.id) && setDone(true))
      .catch(() => {});
    return () => leaving.abort();
  }, [person, variant.id]);
  if (done) return <Message kind="success">{t('product.alertSet')}</Message>;
  return (
    <>
      <Button busy={alert.busy} onClick={() => void alert.run()}>
        <Icon name="bell" />
        {t('product.alert')}
      </Button>
      <ErrorMessage error={alert.error} />
    </>
  );
}
