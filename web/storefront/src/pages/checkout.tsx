import type { AddressBody, CartBody, CartItemBody, OrderBody, QuoteBody, ShopBody } from '@kontor/client';
import { isKontorError } from '@kontor/client';
import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { signInPage } from '../account/next-page.ts';
import { Contact } from '../checkout/contact.tsx';
import { countriesOf, isAmong, likelyCountry } from '../checkout/countries.ts';
import { Coupon } from '../checkout/coupon.tsx';
import { type AddressForm, toOrder, toPostal, underAddress } from '../checkout/draft.ts';
import { Invoice } from '../checkout/invoice.tsx';
import { LineNotes, LineOptions, LinePicture } from '../checkout/line.tsx';
import { PaymentChoice, paymentMethods } from '../checkout/payment-choice.tsx';
import { usePlaceOrder } from '../checkout/place-order.ts';
import { ShippingAddress } from '../checkout/shipping-address.tsx';
import { ShippingChoice } from '../checkout/shipping-choice.tsx';
import { changeDraft, chooseCountry, draft, forgetDraft } from '../checkout/state.ts';
import { Totals } from '../checkout/totals.tsx';
import { useQuote } from '../checkout/use-quote.ts';
import { language, t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { cart, loadCart, reloadCart } from '../state/cart.ts';
import { catalogueLang, loadShop, money } from '../state/shop.ts';
import { loadUser, sessionEnded, user } from '../state/user.ts';
import { Button } from '../ui/button.tsx';
import { ErrorView } from '../ui/error-view.tsx';
import { fieldErrors } from '../ui/errors.ts';
import { Checkbox, Field } from '../ui/field.tsx';
import { LegalLinks } from '../ui/legal-links.tsx';
import { Skeleton } from '../ui/loading.tsx';
import { ErrorMessage, Message } from '../ui/message.tsx';
import { Money } from '../ui/money.tsx';
import { Heading } from '../ui/title.tsx';
import { toast } from '../ui/toast.tsx';
import { useFocusInvalid } from '../ui/use-focus-invalid.ts';
import { type Loaded, useLoad } from '../ui/use-load.ts';

export default function Checkout() {
  const { data, error, reload } = useLoad(load, []);
  const { route } = useLocation();
  const ended = sessionEnded.value;
  // Whoever's session ended signs in again and comes back. What was typed is kept.
  useEffect(() => {
    if (ended) route(`${signInPage('/checkout')}&ended=1`, true);
  }, [ended]);
  if (ended) return null;
  return (
    <>
      <Heading>{t('checkout.title')}</Heading>
      {error ? <ErrorView error={error} retry={reload} /> : null}
      {!data && !error && <Skeleton lines={8} />}
      {data && cart.value && <Form {...data} cart={cart.value} />}
    </>
  );
}

async function load(signal: AbortSignal) {
  const [shop, now] = await Promise.all([loadShop(), loadUser(), loadCart()]);
  const addresses = now ? (await kontor.GET('/api/v1/users/me/addresses', { signal })).data : [];
  const own = addresses.filter(({ type }) => type === 'shipping');
  const countries = countriesOf(shop, language.value);
  const reached = own.filter(({ country }) => isAmong(countries, country));
  const usual = reached.find(({ isDefault }) => isDefault) ?? reached[0];
  const invoices = addresses.filter(({ type }) => type === 'billing');
  const usualInvoice = invoices.find(({ isDefault }) => isDefault);
  if (usual && !draft.value.shipping.line1 && !draft.value.addressId)
    changeDraft({
      addressId: usual.id,
      ...(usualInvoice && { billingDiffers: true, billingAddressId: usualInvoice.id }),
    });
  if (!draft.value.shipping.country) chooseCountry(likelyCountry(countries, navigator.languages));
  return { shop, addresses: own, invoices };
}

interface Props {
  shop: ShopBody;
  /** Those of the account for parcels, and for invoices. */
  addresses: AddressBody[];
  invoices: AddressBody[];
  cart: CartBody;
}

function Form({ shop, addresses, invoices, cart: now }: Props) {
  const { route } = useLocation();
  const person = user.value ?? null;
  const typed = draft.value;
  const countries = countriesOf(shop, language.value);
  const chosen = person ? addresses.find(({ id }) => id === typed.addressId) : undefined;
  const saved = chosen && isAmong(countries, chosen.country) ? chosen : undefined;
  const savedInvoice = person ? invoices.find(({ id }) => id === typed.billingAddressId) : undefined;
  const quote = useQuote(saved ?? typed.shipping);
  const methods = paymentMethods(shop);
  const paymentMethod = methods.find((method) => method === typed.paymentMethod) ?? methods[0];

  const place = usePlaceOrder(async (order) => {
    // Neither this nor its failure is in the way of the payment.
    if (typed.keepAddress && person && !saved) keep(typed.shipping).catch(() => {});
    forgetDraft();
    await open(order);
  });
  const open = async (order: OrderBody) => {
    void reloadCart();
    // The way back from the payment page leads to the order, not to a checkout that is over.
    route(`/orders/${order.id}`, true);
    toast(t('order.thanks'));
    if (order.payment.checkoutUrl) location.assign(order.payment.checkoutUrl);
  };
  const form = useFocusInvalid(place.error);

  if (now.items.length === 0 && !place.unanswered)
    return (
      <>
        <p>{t('cart.empty')}</p>
        <a class="button primary" href="/search">
          {t('cart.shop')}
        </a>
      </>
    );
  if (!paymentMethod) return <Message>{t('checkout.noMethods')}</Message>;

  const submit = (event: Event) => {
    event.preventDefault();
    if (!place.unanswered && (!quote.data || quote.loading || quote.error)) return;
    const shippingMethodId = quote.data?.shippingMethod?.id ?? '';
    const ids = { addressId: saved?.id ?? '', billingAddressId: savedInvoice?.id ?? '' };
    const order = { ...typed, paymentMethod, shippingMethodId, ...ids };
    void place.run(toOrder(order, quote.data?.totals.total, person !== null));
  };
  const errors = { ...underAddress(fieldErrors(quote.error)), ...fieldErrors(place.error) };
  return (
    <form ref={form} class="two-columns" onSubmit={submit}>
      <fieldset class="checkout-form" disabled={place.unanswered}>
        <Contact person={person} error={errors['email']} />
        <ShippingAddress person={person} addresses={addresses} saved={saved} countries={countries} errors={errors}>
          {person && !saved && (
            <Checkbox
              label={t('checkout.saveAddress')}
              checked={typed.keepAddress}
              onChange={(event) => changeDraft({ keepAddress: event.currentTarget.checked })}
            />
          )}
        </ShippingAddress>
        <Invoice
          shop={shop}
          addresses={invoices}
          saved={savedInvoice}
          errors={errors}
          error={place.error ?? quote.error}
        />
        <ShippingChoice quote={quote.data} error={errors['shippingMethodId']} />
        <PaymentChoice shop={shop} chosen={paymentMethod} total={quote.data?.totals.total} />
        <section>
          <Field
            as="textarea"
            label={t('checkout.note')}
            rows={3}
            maxLength={1000}
            value={typed.note}
            error={errors['note']}
            onInput={(event) => changeDraft({ note: event.currentTarget.value })}
          />
        </section>
      </fieldset>
      <section class="panel summary" aria-labelledby="summary">
        <h2 id="summary">{t('checkout.summary')}</h2>
        <Lines items={quote.data?.lines ?? now.items} />
        <a href="/cart">{t('checkout.toCart')}</a>
        <Coupon cart={now} />
        <div aria-busy={quote.loading} aria-live="polite">
          <Totals
            totals={quote.data?.totals ?? now.totals}
            coupon={now.coupon?.code}
            reverseCharged={quote.data?.vat?.reverseCharged}
          />
        </div>
        {(shop.links.terms || shop.links.privacy) && (
          <p class="hint legal">
            {t('checkout.legal')} <LegalLinks of={['terms', 'privacy']} />
          </p>
        )}
        <Problems quote={quote} error={place.error} unanswered={place.unanswered} />
        <Button
          kind="primary"
          type="submit"
          class="wide"
          busy={place.busy || (quote.loading && !place.unanswered)}
          disabled={!place.unanswered && (!quote.data?.orderable || Boolean(quote.error))}
        >
          {place.unanswered ? t('checkout.tryAgain') : buttonText(paymentMethod, quote.data ?? null)}
        </Button>
      </section>
    </form>
  );
}

function buttonText(method: string, quote: QuoteBody | null): string {
  if (!quote || quote.totals.total.amount === 0) return t('checkout.placeFree');
  const total = money(quote.totals.total);
  return t(method === 'cash_on_delivery' ? 'checkout.placeCash' : 'checkout.place', { total });
}

function Lines({ items }: { items: CartItemBody[] }) {
  return (
    <ul class="lines small plain">
      {items.map((item) => (
        <li key={item.id} class={`line ${item.problem ? 'has-problem' : ''}`}>
          <LinePicture url={item.imageUrl} />
          <div>
            <h3>
              {t('order.quantity', { count: item.quantity })}{' '}
              {item.name ? <span lang={catalogueLang()}>{item.name}</span> : t('cart.gone')}
            </h3>
            <LineOptions options={item.options} />
            <LineNotes item={item} />
          </div>
          <Money of={item.total} class="line-total" />
        </li>
      ))}
    </ul>
  );
}

interface ProblemsProps {
  quote: Loaded<QuoteBody | null>;
  error: unknown;
  unanswered: boolean;
}

/** Everything that stands in the way of the order, beside its button. */
function Problems({ quote, error, unanswered }: ProblemsProps) {
  if (unanswered)
    return (
      <Message kind="error">
        <p>{t('checkout.unanswered')}</p>
      </Message>
    );
  return (
    <>
      <ErrorMessage error={error} />
      {isKontorError(error, 'too_many_unpaid_orders') && user.value && (
        <p>
          <a href="/account/orders">{t('checkout.unpaidOrders')}</a>
        </p>
      )}
      {!error && <ErrorMessage error={quote.error} />}
      {!error && !quote.error && quote.data && !quote.data.orderable && (
        <Message kind="error">
          <p>{t('checkout.problems')}</p>
          <a href="/cart">{t('checkout.toCart')}</a>
        </Message>
      )}
    </>
  );
}

/** It is sent to its end even if the page is left for that of the payment. */
async function keep(address: AddressForm): Promise<void> {
  await kontor.POST('/api/v1/users/me/addresses', {
    body: { ...toPostal(address), type: 'shipping' },
    keepalive: true,
  });
}
