import { isKontorError, type ProductBody, type VariantBody } from '@kontor/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { lazy, useLocation, useRoute } from 'preact-iso';
import { Before } from '../catalogue/product-card.tsx';
import { Stock } from '../catalogue/stock.tsx';
import { t } from '../i18n/index.ts';
import { Buy } from '../product/buy.tsx';
import { chosenVariant, firstChoice } from '../product/choice.ts';
import { Gallery } from '../product/gallery.tsx';
import { loadProduct } from '../product/load.ts';
import { Options } from '../product/options.tsx';
import { StockAlert, Wish } from '../product/remember.tsx';
import { useLiveProduct } from '../product/use-live-product.ts';
import { catalogueLang, shop } from '../state/shop.ts';
import { Breadcrumbs } from '../ui/breadcrumbs.tsx';
import { ErrorView } from '../ui/error-view.tsx';
import { Skeleton } from '../ui/loading.tsx';
import { Message } from '../ui/message.tsx';
import { Money } from '../ui/money.tsx';
import { NotFound } from '../ui/not-found.ts';
import { Rating } from '../ui/stars.tsx';
import { Heading } from '../ui/title.tsx';
import { useLoad } from '../ui/use-load.ts';
import { useSeen } from '../ui/use-seen.ts';

const Reviews = lazy(() => import('../product/reviews.tsx'));

export default function Product() {
  const slug = useRoute().params['slug'] ?? '';
  const product = useLoad((signal, again) => loadProduct(slug, signal, again), [slug], { remember: 'product' });
  if (isKontorError(product.error, 'product_not_found')) return <NotFound />;
  if (product.data) return <ProductView key={product.data.id} product={product.data} reload={product.reload} />;
  if (product.error) return <ErrorView page error={product.error} retry={product.reload} />;
  return (
    <>
      <Breadcrumbs path={[]} />
      <div class="product">
        <div class="gallery">
          <span class="picture none" />
        </div>
        <Skeleton lines={8} />
      </div>
    </>
  );
}

function ProductView({ product, reload }: { product: ProductBody; reload: () => void }) {
  const { url, path, route } = useLocation();
  const { options, variants } = product;
  const [choice, setChoice] = useState(() =>
    firstChoice(variants, options, new URL(url, location.origin).searchParams.get('sku')),
  );
  const [missing, setMissing] = useState<string[]>([]);
  const form = useRef<HTMLDivElement>(null);
  const variant = chosenVariant(variants, options, choice);
  useLiveProduct(product.id, reload);

  const choose = (now: typeof choice) => {
    setChoice(now);
    setMissing([]);
    const sku = options.length > 0 ? chosenVariant(variants, options, now)?.sku : undefined;
    // A link to this page shows the same variant. The page may have been opened by the id of the product.
    route(`${path}${sku ? `?${new URLSearchParams({ sku })}` : ''}`, true);
  };
  const askForChoice = () => setMissing(options.filter((option) => choice[option] === undefined));
  useEffect(() => {
    if (missing.length > 0) form.current?.querySelector<HTMLInputElement>('[aria-invalid="true"] input')?.focus();
  }, [missing]);

  const lang = catalogueLang();
  return (
    <>
      <Breadcrumbs path={product.categories[0]?.path ?? []} />
      <article class="product">
        <Gallery images={product.images} imageId={variant?.imageId} />
        <div class="offer" ref={form}>
          {product.brand && (
            <p class="brand-link" lang={lang}>
              <a href={`/search?brand=${product.brand.slug}`}>{product.brand.name}</a>
            </p>
          )}
          <Heading lang={lang}>{product.name}</Heading>
          <Rating rating={product.rating} />
          <Price product={product} variant={variant} />
          <Options product={product} choice={choice} onChoose={choose} missing={missing} />
          {missing.length > 0 && (
            <Message kind="error">{t('product.chooseFirst', { names: missing.join(', ') })}</Message>
          )}
          <p class="band" role="status">
            <Stock stock={(variant ?? product).stock} backorder={variant?.backorder ?? null} />
          </p>
          <Buy product={product} variant={variant} onMissing={askForChoice} onChanged={reload} />
          <div class="row" key={variant?.sku}>
            {variant && isAway(variant) && <StockAlert key={variant.id} variant={variant} />}
            <Wish variant={variant} onMissing={askForChoice} />
          </div>
          {product.description && (
            <p class="description" lang={lang}>
              {product.description}
            </p>
          )}
          <Details product={product} variant={variant} />
        </div>
      </article>
      <ReviewsWhenSeen product={product} />
    </>
  );
}

function isAway({ stock }: VariantBody): boolean {
  return stock === 'out' || stock === 'backorder' || stock === 'preorder';
}

function Price({ product, variant }: { product: ProductBody; variant: VariantBody | undefined }) {
  const { price, compareAtPrice } = variant ?? product;
  const several = !variant && product.priceRange.max.amount > product.priceRange.min.amount;
  const taxed = shop.value?.taxIncluded ? t('product.withTax') : t('product.withoutTax');
  return (
    <div class="product-price">
      <p class="price">
        {several && <span class="from">{t('price.from')} </span>}
        <Money of={price} class={compareAtPrice ? 'reduced' : ''} />
        {compareAtPrice && <Before price={compareAtPrice} />}
      </p>
      <p class="hint">{shop.value ? `${taxed}, ${t('product.shippingExtra')}` : '\u00a0'}</p>
    </div>
  );
}

function Details({ product, variant }: { product: ProductBody; variant: VariantBody | undefined }) {
  const sku = variant?.sku ?? product.sku;
  const facts = Object.entries(product.attributes);
  if (facts.length === 0 && !sku) return null;
  return (
    <section>
      <h2>{t('product.details')}</h2>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name} lang={catalogueLang()}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {sku && (
          <div>
            <dt>{t('product.sku')}</dt>
            <dd>{sku}</dd>
          </div>
        )}
      </dl>
    </section>
  );
}

/** Reviews are loaded when somebody comes near them. */
function ReviewsWhenSeen({ product }: { product: ProductBody }) {
  const place = useRef<HTMLElement>(null);
  const seen = useSeen(place);
  return (
    <section class="product-reviews" ref={place} aria-labelledby="reviews">
      <h2 id="reviews">{t('reviews.title')}</h2>
      {seen && <Reviews product={product} />}
    </section>
  );
}
