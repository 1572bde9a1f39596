import type { HomeBody, HomeCategoryBody, ProductCardBody } from '@kontor/client';
import { CardSkeleton, ProductCard } from '../catalogue/product-card.tsx';
import { t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { catalogueLang } from '../state/shop.ts';
import { ErrorView } from '../ui/error-view.tsx';
import { Picture } from '../ui/picture.tsx';
import { Heading } from '../ui/title.tsx';
import { useLoad } from '../ui/use-load.ts';

export default function Home() {
  const home = useLoad((signal) => kontor.GET('/api/v1/home', { signal }).then(({ data }) => data), [], {
    remember: 'home',
  });
  return (
    <>
      <Heading class="home-title" title="">
        {t('home.heading')}
      </Heading>
      {home.data ? (
        <Shelves home={home.data} />
      ) : home.error ? (
        <ErrorView error={home.error} retry={home.reload} />
      ) : (
        <Waiting />
      )}
    </>
  );
}

function Shelves({ home }: { home: HomeBody }) {
  return (
    <>
      <Shelf title={t('home.newest')} products={home.newest} href="/search?sort=newest" eager />
      {home.categories.length > 0 && <CategoryTiles categories={home.categories} />}
      <Shelf title={t('home.bestselling')} products={home.bestselling} href="/search?sort=bestselling" />
      <Shelf title={t('home.onOffer')} products={home.onOffer} href="/search?onOffer=true" />
      <Shelf title={t('home.highestRated')} products={home.highestRated} href="/search?sort=rating" />
      {home.categories.map(({ id, name, slug, products }) => (
        <Shelf key={id} title={name} lang={catalogueLang()} products={products} href={`/categories/${slug}`} />
      ))}
    </>
  );
}

interface ShelfProps {
  title: string;
  lang?: string | undefined;
  products: ProductCardBody[];
  href: string;
  eager?: boolean;
}

/** One row of products. What does not fit is reached by scrolling to the side. */
function Shelf({ title, lang, products, href, eager = false }: ShelfProps) {
  if (products.length === 0) return null;
  return (
    <section class="shelf">
      <header>
        <h2 lang={lang}>{title}</h2>
        <a href={href} aria-label={t('home.allOf', { title })}>
          {t('home.all')}
        </a>
      </header>
      <ul class="row-of-cards">
        {products.map((product, index) => (
          <li key={product.id}>
            <ProductCard product={product} eager={eager && index < 3} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function CategoryTiles({ categories }: { categories: HomeCategoryBody[] }) {
  return (
    <section class="shelf" aria-labelledby="home-categories">
      <h2 id="home-categories">{t('nav.categories')}</h2>
      <ul class="tiles">
        {categories.map(({ id, slug, name, image, products }) => (
          <li key={id}>
            <a href={`/categories/${slug}`}>
              <Picture image={image ?? products[0]?.image} sizes="(min-width: 48rem) 20vw, 45vw" alt="" />
              <span lang={catalogueLang()}>{name}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Waiting() {
  return (
    <div role="status" aria-label={t('loading')}>
      {[0, 1].map((shelf) => (
        <div key={shelf} class="shelf" aria-hidden="true">
          <header>
            <h2>{'\u00a0'}</h2>
          </header>
          <div class="row-of-cards">
            {[0, 1, 2, 3, 4, 5].map((card) => (
              <CardSkeleton key={card} />
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}
