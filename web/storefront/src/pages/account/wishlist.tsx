import { isKontorError, type ProductCardBody, type StockAlertBody, type WishlistItemBody } from '@kontor/client';
import type { ComponentChildren } from 'preact';
import { AccountPage } from '../../account/account-page.tsx';
import { LineOptions } from '../../checkout/line.tsx';
import { language, t } from '../../i18n/index.ts';
import { kontor } from '../../shop.ts';
import { setCart } from '../../state/cart.ts';
import { catalogueLang } from '../../state/shop.ts';
import { moveWish, removeWish } from '../../state/wishes.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorView } from '../../ui/error-view.tsx';
import { focusHeading } from '../../ui/focus.ts';
import { Skeleton } from '../../ui/loading.tsx';
import { ErrorMessage } from '../../ui/message.tsx';
import { Money } from '../../ui/money.tsx';
import { Picture } from '../../ui/picture.tsx';
import { toast } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useLoad } from '../../ui/use-load.ts';
import { usePages } from '../../ui/use-pages.ts';

export default function Wishlist() {
  return (
    <AccountPage title={t('account.wishlist')}>
      {() => (
        <>
          <Wishes />
          <Alerts />
        </>
      )}
    </AccountPage>
  );
}

function Wishes() {
  const { data, error, reload, entries, hasMore, more, remove } = usePages<WishlistItemBody>((cursor, signal) =>
    kontor.GET('/api/v1/wishlist', { params: { query: cursor ? { cursor } : {} }, ...(signal && { signal }) }),
  );
  if (!data) return error ? <ErrorView error={error} retry={reload} /> : <Skeleton lines={6} />;
  return (
    <section aria-label={t('account.wishlist')}>
      {entries.length === 0 && <p>{t('wishlist.empty')}</p>}
      <ul class="lines plain">
        {entries.map((wish) => (
          <Wish
            key={wish.id}
            wish={wish}
            onGone={() => {
              remove(({ id }) => id === wish.id);
              focusHeading();
            }}
          />
        ))}
      </ul>
      <ErrorMessage error={more.error} />
      {hasMore && (
        <Button busy={more.busy} onClick={() => more.run()}>
          {t('wishlist.more')}
        </Button>
      )}
    </section>
  );
}

function Wish({ wish, onGone }: { wish: WishlistItemBody; onGone: () => void }) {
  const { product } = wish;
  const variant = product?.variants.find(({ id }) => id === wish.variantId);
  const stock = variant?.stock ?? product?.stock;
  const name = product?.name ?? t('wishlist.gone');
  const move = useAction(async () => {
    const cart = await moveWish(wish.variantId);
    onGone();
    setCart(cart);
    if (cart.items.some(({ variantId }) => variantId === wish.variantId))
      toast(t('wishlist.moved', { name }), { href: '/cart', text: t('nav.cart') });
  });
  const remove = useAction(async () => {
    await removeWish(wish.variantId);
    onGone();
  });
  return (
    <ProductLine
      product={product}
      options={variant?.options ?? []}
      price={variant?.price ?? product?.price}
      hint={stock && t(`stock.${stock}`)}
    >
      <div class="line-actions">
        {product && stock !== 'out' && (
          <Button busy={move.busy} aria-label={t('wishlist.toCartName', { name })} onClick={() => move.run()}>
            {t('wishlist.toCart')}
          </Button>
        )}
        <Button
          kind="quiet"
          busy={remove.busy}
          aria-label={t('wishlist.removeName', { name })}
          onClick={() => remove.run()}
        >
          {t('button.remove')}
        </Button>
      </div>
      <ErrorMessage error={move.error ?? remove.error} />
    </ProductLine>
  );
}

function Alerts() {
  const { data, error, reload } = useLoad(
    async (signal) => (await kontor.GET('/api/v1/stock-alerts', { signal })).data,
    [],
  );
  if (error) return <ErrorView error={error} retry={reload} />;
  if (!data || data.length === 0) return null;
  return (
    <section aria-labelledby="alerts">
      <h2 id="alerts">{t('wishlist.alerts')}</h2>
      <ul class="lines plain">
        {data.map((alert) => (
          <Alert key={alert.sku} alert={alert} onGone={reload} />
        ))}
      </ul>
    </section>
  );
}

function Alert({ alert, onGone }: { alert: StockAlertBody; onGone: () => void }) {
  const { product, sku, variantId } = alert;
  const variant = product?.variants.find(({ id }) => id === variantId);
  const remove = useAction(async () => {
    try {
      await kontor.DELETE('/api/v1/stock-alerts/{sku}', { params: { path: { sku } } });
    } catch (error) {
      if (!isKontorError(error, 'alert_not_found')) throw error;
    }
    onGone();
    focusHeading();
  });
  return (
    <ProductLine product={product} options={variant?.options ?? []} price={variant?.price ?? product?.price}>
      <div class="line-actions">
        <Button
          kind="quiet"
          busy={remove.busy}
          aria-label={t('wishlist.alertRemove', { name: product?.name ?? sku })}
          onClick={() => remove.run()}
        >
          {t('button.remove')}
        </Button>
      </div>
      <ErrorMessage error={remove.error} />
    </ProductLine>
  );
}

interface ProductLineProps {
  product: ProductCardBody | null;
  options: string[];
  price: ProductCardBody['price'] | undefined;
  hint?: string | undefined;
  children: ComponentChildren;
}

function ProductLine({ product, options, price, hint, children }: ProductLineProps) {
  return (
    <li class="line">
      <span class="line-picture">
        <Picture image={product?.image} sizes="5rem" alt="" />
      </span>
      <div class="line-text">
        <h2 lang={product ? catalogueLang() : language.value}>
          {product ? <a href={`/products/${product.slug}`}>{product.name}</a> : t('wishlist.gone')}
        </h2>
        <LineOptions options={options} />
        {hint && <p class="hint">{hint}</p>}
      </div>
      {price && <Money of={price} class="line-total" />}
      {children}
    </li>
  );
}
