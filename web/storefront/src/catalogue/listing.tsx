import type { FacetsBody, ProductListBody } from '@kontor/client';
import { useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { money } from '../state/shop.ts';
import { Button } from '../ui/button.tsx';
import { ErrorView } from '../ui/error-view.tsx';
import { fieldErrors } from '../ui/errors.ts';
import { Icon } from '../ui/icon.tsx';
import { ErrorMessage, Message } from '../ui/message.tsx';
import { Pagination } from '../ui/pagination.tsx';
import { filterReason } from '../ui/reasons.ts';
import { useLoad } from '../ui/use-load.ts';
import { useMedia } from '../ui/use-media.ts';
import { currencyOf, Facets, Prices } from './facets.tsx';
import {
  type Filters,
  isWhole,
  LAST_PAGE,
  queryOf,
  type Sort,
  sorts,
  toggled,
  toggledIn,
  withoutFilters,
} from './filters.ts';
import { CardSkeleton, ProductCard } from './product-card.tsx';

/** From here on the filters stand beside the products, as in `listing.css`. */
const WIDE = '(min-width: 60rem)';

interface Props {
  filters: Filters;
  /** The address of this list with other filters. */
  href: (filters: Partial<Filters>) => string;
  categoryHref: (slug: string) => string;
}

/** The title of the window. Pages of a whole list can be found by others, so each has its own. */
export function listTitle(name: string, filters: Filters): string {
  return filters.page > 1 && isWhole(filters) ? `${name}, ${t('list.page', { page: filters.page })}` : name;
}

/** Products with filters, order and pages. All of what it shows stands in the address. */
export function Listing({ filters, href, categoryHref }: Props) {
  const { route } = useLocation();
  const query = queryOf(filters);
  const list = useLoad((signal) => kontor.GET('/api/v1/products/search', { params: { query }, signal }), [query], {
    stale: true,
    remember: 'list',
  });
  const [open, setOpen] = useState(false);
  const wide = useMedia(WIDE);
  const choose = (change: Partial<Filters>) => route(href({ ...filters, ...change, page: 1 }));
  // What the list can be narrowed to is still of use when the list itself could not be loaded.
  const facets = list.last?.facets ?? null;
  const chips = chosenFilters(filters, facets);
  const refused = fieldErrors(list.error);
  const top = useRef<HTMLDivElement>(null);
  // The next page begins at its top. The back button and filters leave the eyes where they are.
  const toTop = () => {
    document.querySelector('h1')?.focus({ preventScroll: true });
    top.current?.scrollIntoView();
  };

  const close = () => {
    setOpen(false);
    toTop();
  };

  return (
    <div class="listing" ref={top}>
      <div class="listing-bar">
        <p role="status">
          {list.loading ? t('loading') : list.data && t('list.count', { count: list.data.pagination.total })}
        </p>
        <Button class="filter-button" aria-expanded={open} aria-controls="filters" onClick={() => setOpen(!open)}>
          <Icon name="filter" />
          {t('list.filters')}
          {chips.length > 0 && ` (${chips.length})`}
        </Button>
        <SortChoice filters={filters} choose={choose} />
      </div>
      <section id="filters" class={`filters ${open ? 'open' : ''}`} aria-label={t('list.filters')}>
        {facets && (open || wide) && (
          <Facets facets={facets} filters={filters} refused={refused} choose={choose} categoryHref={categoryHref} />
        )}
        {!facets && list.error ? <Prices filters={filters} refused={refused} choose={choose} /> : null}
        <Button kind="primary" class="wide filter-button" onClick={close}>
          {list.data ? t('list.show', { count: list.data.pagination.total }) : t('button.close')}
        </Button>
      </section>
      <div class="results" aria-busy={list.loading}>
        {chips.length > 0 && (
          <ul class="plain chips" aria-label={t('list.chosen')}>
            {chips.map(({ text, without }) => (
              <li key={text}>
                <button type="button" onClick={() => choose(without)}>
                  <span class="visually-hidden">{t('button.remove')} </span>
                  {text}
                  <Icon name="close" />
                </button>
              </li>
            ))}
            <li>
              <a href={href(withoutFilters(filters))}>{t('list.clear')}</a>
            </li>
          </ul>
        )}
        {list.data ? (
          <>
            <ErrorMessage error={list.error} />
            <Results list={list.data} filters={filters} href={href} hasFilters={chips.length > 0} />
          </>
        ) : list.error ? (
          <Failed error={list.error} retry={list.reload} filters={filters} href={href} hasFilters={chips.length > 0} />
        ) : (
          <Waiting />
        )}
        <Pagination
          page={filters.page}
          totalPages={Math.min(list.data?.pagination.totalPages ?? 0, LAST_PAGE)}
          href={(page) => href({ ...filters, page })}
          onChoose={toTop}
        />
      </div>
    </div>
  );
}

function SortChoice({ filters, choose }: { filters: Filters; choose: (change: Partial<Filters>) => void }) {
  const usual: Sort = filters.q ? 'relevance' : 'newest';
  const offered = sorts.filter((sort) => filters.q || sort !== 'relevance');
  return (
    <label class="sort">
      <span>{t('list.sort')}</span>
      <select
        value={filters.sort ?? usual}
        onChange={({ currentTarget: { value } }) => choose({ sort: value === usual ? undefined : (value as Sort) })}
      >
        {offered.map((sort) => (
          <option key={sort} value={sort}>
            {t(`sort.${sort}`)}
          </option>
        ))}
      </select>
    </label>
  );
}

interface ResultsProps extends Pick<Props, 'filters' | 'href'> {
  list: ProductListBody;
  hasFilters: boolean;
}

function Results({ list, filters, href, hasFilters }: ResultsProps) {
  const { data, didYouMean, suggestions } = list;
  const words = (q: string) => <a href={href({ q })}>{q}</a>;
  return (
    <>
      {didYouMean && (
        <p>
          {t('list.didYouMean')} {words(didYouMean)}
        </p>
      )}
      {suggestions.length > 0 && (
        <p class="row">
          {t('list.suggestions')} {suggestions.map(words)}
        </p>
      )}
      {data.length === 0 ? (
        <Nothing filters={filters} href={href} hasFilters={hasFilters} />
      ) : (
        <>
          <h2 class="visually-hidden">{t('list.heading')}</h2>
          <ul class="cards">
            {data.map((product, index) => (
              <li key={product.id}>
                <ProductCard product={product} highlights={product.highlights?.name} eager={index < 4} />
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

type OtherListsProps = Omit<ResultsProps, 'list'>;

/** In place of the products. What was refused is refused again, so it is told what to change. */
function Failed({ error, retry, ...lists }: OtherListsProps & { error: unknown; retry: () => void }) {
  const reasons = new Set(Object.entries(fieldErrors(error)).map(([name, reason]) => filterReason(name, reason)));
  if (reasons.size === 0) return <ErrorView error={error} retry={retry} />;
  return (
    <div class="nothing">
      <Message kind="error">
        {[...reasons].map((reason) => (
          <p key={reason}>{reason}</p>
        ))}
      </Message>
      <OtherLists {...lists} />
    </div>
  );
}

function Nothing(lists: OtherListsProps) {
  return (
    <div class="nothing">
      <h2>{t('list.nothing')}</h2>
      <OtherLists {...lists} />
    </div>
  );
}

function OtherLists({ filters, href, hasFilters }: OtherListsProps) {
  return (
    <ul>
      {filters.page > 1 && (
        <li>
          <a href={href({ ...filters, page: 1 })}>{t('list.firstPage')}</a>
        </li>
      )}
      {hasFilters && (
        <li>
          <a href={href(withoutFilters(filters))}>{t('list.fewerFilters')}</a>
        </li>
      )}
      {filters.q && <li>{t('list.otherWords')}</li>}
      <li>
        <a href="/search">{t('list.allProducts')}</a>
      </li>
    </ul>
  );
}

function Waiting() {
  return (
    <div class="cards">
      {Array.from({ length: 12 }, (_, index) => (
        <CardSkeleton key={index} />
      ))}
    </div>
  );
}

interface Chip {
  text: string;
  without: Partial<Filters>;
}

/** Each chosen filter by its name, with what takes it back. */
function chosenFilters(filters: Filters, facets: FacetsBody | null): Chip[] {
  const { brand, minPrice, maxPrice, rating } = filters;
  const currency = currencyOf(facets);
  const chips: Chip[] = brand.map((slug) => ({
    text: facets?.brands.find((one) => one.slug === slug)?.name ?? slug,
    without: { brand: toggled(brand, slug) },
  }));
  for (const kind of ['options', 'attributes'] as const)
    for (const [name, values] of Object.entries(filters[kind]))
      for (const value of values)
        chips.push({ text: `${name}: ${value}`, without: { [kind]: toggledIn(filters[kind], name, value) } });
  if (currency && minPrice !== undefined)
    chips.push({ text: `≥ ${money({ amount: minPrice, currency })}`, without: { minPrice: undefined } });
  if (currency && maxPrice !== undefined)
    chips.push({ text: `≤ ${money({ amount: maxPrice, currency })}`, without: { maxPrice: undefined } });
  if (filters.inStock) chips.push({ text: t('facets.inStock'), without: { inStock: false } });
  if (filters.onOffer) chips.push({ text: t('facets.onOffer'), without: { onOffer: false } });
  if (rating !== undefined) chips.push({ text: t('facets.stars', { count: rating }), without: { rating: undefined } });
  return chips;
}
