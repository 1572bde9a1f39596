import type { HighlightBody, ProductCardBody } from '@kontor/client';
import { t } from '../i18n/index.ts';
import { catalogueLang } from '../state/shop.ts';
import { Money } from '../ui/money.tsx';
import { Picture } from '../ui/picture.tsx';
import { Rating } from '../ui/stars.tsx';
import { Highlighted } from './highlighted.tsx';
import { Stock } from './stock.tsx';

const SIZES = '(min-width: 75rem) 14rem, (min-width: 48rem) 25vw, 45vw';

interface Props {
  product: ProductCardBody;
  highlights?: HighlightBody[] | undefined;
  /** Among the first of the page: its picture is loaded at once. */
  eager?: boolean;
}

export function ProductCard({ product, highlights, eager = false }: Props) {
  const lang = catalogueLang();
  return (
    <article class="card">
      <Picture image={product.image} sizes={SIZES} alt="" eager={eager} />
      {product.brand && (
        <p class="card-brand" lang={lang}>
          {product.brand.name}
        </p>
      )}
      <h3 lang={lang}>
        <a href={`/products/${product.slug}`}>{highlights ? <Highlighted parts={highlights} /> : product.name}</a>
      </h3>
      <CardPrice product={product} />
      <Rating rating={product.rating} />
      {product.stock !== 'in' && <Stock stock={product.stock} />}
    </article>
  );
}

function CardPrice({ product: { price, priceRange, compareAtPrice } }: { product: ProductCardBody }) {
  const several = priceRange.max.amount > priceRange.min.amount;
  return (
    <p class="price">
      {several && <span class="from">{t('price.from')} </span>}
      <Money of={price} class={compareAtPrice ? 'reduced' : ''} />
      {compareAtPrice && <Before price={compareAtPrice} />}
    </p>
  );
}

/** The price of before, crossed out. */
export function Before({ price }: { price: ProductCardBody['price'] }) {
  return (
    <>
      <span class="visually-hidden"> {t('price.before')} </span>
      <s>
        <Money of={price} />
      </s>
    </>
  );
}

/** Cards that are still to come take the same place. */
export function CardSkeleton() {
  return (
    <div class="card" aria-hidden="true">
      <span class="picture none" />
      <div class="skeleton">
        <span class="bar" />
        <span class="bar" />
      </div>
    </div>
  );
}
