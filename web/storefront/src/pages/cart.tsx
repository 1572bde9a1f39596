import { type CartBody, type CartItemBody, isKontorError, type ShopBody, type User } from '@kontor/client';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { saveProfile } from '../account/save-profile.ts';
import { CountryFields } from '../checkout/address-fields.tsx';
import { countriesOf } from '../checkout/countries.ts';
import { Coupon } from '../checkout/coupon.tsx';
import { LineNotes, LineOptions, LinePicture } from '../checkout/line.tsx';
import { chooseCountry, chooseRegion, draft } from '../checkout/state.ts';
import { Totals } from '../checkout/totals.tsx';
import { language, t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { cart, loadCart, setCart } from '../state/cart.ts';
import { catalogueLang, loadShop, money, shop } from '../state/shop.ts';
import { user } from '../state/user.ts';
import { Button } from '../ui/button.tsx';
import { ErrorView } from '../ui/error-view.tsx';
import { errorText } from '../ui/errors.ts';
import { Checkbox } from '../ui/field.tsx';
import { focusHeading } from '../ui/focus.ts';
import { Skeleton } from '../ui/loading.tsx';
import { ErrorMessage, Message } from '../ui/message.tsx';
import { Money } from '../ui/money.tsx';
import { Quantity } from '../ui/quantity.tsx';
import { Heading } from '../ui/title.tsx';
import { toast } from '../ui/toast.tsx';
import { useAction } from '../ui/use-action.ts';
import { useLoad } from '../ui/use-load.ts';
import { useSettled } from '../ui/use-settled.ts';

export default function Cart() {
  const { error, reload, linkEnded, linkWaits } = useCart();
  useEffect(() => {
    // Another window, or another device of the same person, may have changed it meanwhile.
    const look = () => document.visibilityState === 'visible' && void loadCart().catch(() => {});
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  const now = cart.value;
  return (
    <>
      <Heading>{t('cart.title')}</Heading>
      {linkEnded && <Message kind="error">{t('cart.restoreFailed')}</Message>}
      {error && (linkWaits || !now) ? <ErrorView error={error} retry={reload} /> : null}
      {now ? now.items.length > 0 ? <Filled cart={now} /> : <Empty /> : !error && <Skeleton lines={6} />}
    </>
  );
}

/** The cart, first with what the link of a mail that reminds of it brings back. The link can be opened again, but not by
 * every reload. */
function useCart() {
  const { query } = useLocation();
  const token = useRef(query['restore']);
  const [linkEnded, setLinkEnded] = useState(false);
  const { error, reload } = useLoad(async () => {
    if (token.current) setLinkEnded(!(await restore(token.current)));
    token.current = undefined;
    return loadCart();
  }, []);
  return { error, reload, linkEnded, linkWaits: Boolean(token.current) };
}

/** Whether the link has not ended. */
async function restore(token: string): Promise<boolean> {
  history.replaceState(null, '', '/cart');
  try {
    setCart((await kontor.POST('/api/v1/cart/restore', { body: { token } })).data);
    toast(t('cart.restored'));
    return true;
  } catch (error) {
    if (!isKontorError(error, 'link_invalid')) throw error;
    return false;
  }
}

function Empty() {
  return (
    <>
      <p>{t('cart.empty')}</p>
      <a class="button primary" href="/search">
        {t('cart.shop')}
      </a>
    </>
  );
}

function Filled({ cart }: { cart: CartBody }) {
  return (
    <div class="two-columns">
      <ul class="lines plain">
        {cart.items.map((item) => (
          <Line key={item.id} item={item} />
        ))}
      </ul>
      <Summary cart={cart} />
    </div>
  );
}

function Line({ item }: { item: CartItemBody }) {
  const name = item.name ?? t('cart.gone');
  const remove = useAction(async () => {
    setCart((await kontor.DELETE('/api/v1/cart/items/{id}', { params: { path: { id: item.id } } })).data);
    toast(t('cart.removed', { name }));
    focusHeading();
  });
  return (
    <li class={`line ${item.problem ? 'has-problem' : ''}`}>
      <LinePicture url={item.imageUrl} />
      <div class="line-text">
        <h2 lang={item.name ? catalogueLang() : language.value}>
          {item.slug ? <a href={`/products/${item.slug}`}>{name}</a> : name}
        </h2>
        <LineOptions options={item.options} />
        {item.quantity > 1 && <p class="hint">{t('cart.each', { price: money(item.unitPrice) })}</p>}
        <LineNotes item={item} />
      </div>
      <Money of={item.total} class="line-total" />
      <div class="line-actions">
        {item.problem !== 'unavailable' && <LineQuantity item={item} name={name} removing={remove.busy} />}
        <Button
          kind="quiet"
          busy={remove.busy}
          aria-label={t('cart.removeName', { name })}
          onClick={() => remove.run()}
        >
          {t('cart.remove')}
        </Button>
      </div>
      <ErrorMessage error={remove.error} />
    </li>
  );
}

interface LineQuantityProps {
  item: CartItemBody;
  name: string;
  /** What is being removed needs no other quantity. */
  removing: boolean;
}

function LineQuantity({ item, name, removing }: LineQuantityProps) {
  const [wanted, setWanted] = useState(item.quantity);
  const most = shop.value?.limits.unitsOfLine ?? 999;
  const unsent = useRef<number | null>(null);
  const save = async (quantity: number) => {
    unsent.current = null;
    const params = { path: { id: item.id } };
    const { data } = await kontor.PATCH('/api/v1/cart/items/{id}', { params, body: { quantity } });
    if (setCart(data).isShown) toast(t('cart.updated', { total: money(data.totals.subtotal) }));
  };
  const change = useAction(async (quantity: number) => {
    try {
      await save(quantity);
    } catch (error) {
      setWanted(item.quantity);
      throw error;
    }
  });
  // Before anybody can type into what is shown: what is typed then would be taken back.
  useLayoutEffect(() => setWanted(item.quantity), [item.quantity]);
  // At once, so that it is so before the shop has answered.
  useLayoutEffect(() => {
    if (change.busy) return;
    unsent.current = removing || wanted === item.quantity ? null : wanted;
    if (unsent.current === null) return;
    // Who presses three times means one change.
    const soon = setTimeout(() => change.run(wanted), 350);
    return () => clearTimeout(soon);
  }, [wanted, change.busy, removing]);
  // Who goes on to the checkout at once means it too.
  useLayoutEffect(
    () => () => {
      if (unsent.current !== null) save(unsent.current).catch((error: unknown) => toast(errorText(error)));
    },
    [],
  );
  return (
    <>
      <Quantity
        value={wanted}
        most={most}
        otherwise={item.quantity}
        labels={{
          quantity: t('cart.quantity', { name }),
          fewer: t('cart.less', { name }),
          more: t('cart.more', { name }),
        }}
        onChange={setWanted}
      />
      <ErrorMessage error={change.error} />
    </>
  );
}

function Summary({ cart }: { cart: CartBody }) {
  const { data } = useLoad(loadShop, []);
  return (
    <section class="panel summary" aria-labelledby="summary">
      <h2 id="summary">{t('cart.summary')}</h2>
      <Coupon cart={cart} />
      {data && <Estimate cart={cart} shop={data} />}
      <a class="button primary wide" href="/checkout">
        {t('cart.checkout')}
      </a>
      {data?.cartReminders && user.value?.emailVerified && <Remind user={user.value} />}
    </section>
  );
}

/** Only who agrees is reminded. */
function Remind({ user }: { user: User }) {
  const save = useAction((carts: boolean) => saveProfile({ preferences: { carts } }));
  return (
    <>
      <Checkbox
        label={t('cart.remind')}
        checked={user.preferences.carts}
        onChange={({ currentTarget }) => save.run(currentTarget.checked)}
      />
      <ErrorMessage error={save.error} />
    </>
  );
}

/** What the cart costs where it goes. Without a country it has neither shipping nor tax. */
function Estimate({ cart, shop }: { cart: CartBody; shop: ShopBody }) {
  const { country, region: typed } = draft.value.shipping;
  const region = useSettled(typed);
  const { data, error, loading } = useLoad(
    async (signal) => {
      if (!country) return null;
      const query = { country, ...(region && { region }) };
      return (await kontor.GET('/api/v1/cart', { params: { query }, signal })).data;
    },
    [country, region, cart.updatedAt, cart.items.map((item) => [item.total, item.problem]), cart.coupon],
    { stale: true },
  );
  const shown = country && data ? data : cart;
  return (
    <>
      <CountryFields
        label={t('cart.estimate')}
        country={country}
        region={typed}
        countries={countriesOf(shop, language.value)}
        errors={{}}
        section="shipping"
        onChange={(newCountry, newRegion) => {
          if (newCountry !== country) chooseCountry(newCountry);
          else chooseRegion(newRegion);
        }}
      />
      <ErrorMessage error={error} />
      {country && data?.shippingMethods?.length === 0 && <Message kind="error">{t('cart.noShipping')}</Message>}
      <div aria-busy={loading}>
        <Totals totals={shown.totals} coupon={cart.coupon?.code} />
      </div>
      {!country && <p class="hint">{t('cart.estimateLater')}</p>}
    </>
  );
}
