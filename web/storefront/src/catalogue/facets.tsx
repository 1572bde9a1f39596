import type { CategoryFacetBody, FacetsBody } from '@kontor/client';
import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { formatNumber, language, t } from '../i18n/index.ts';
import { catalogueLang, shop, usualDecimals } from '../state/shop.ts';
import { Button } from '../ui/button.tsx';
import { Checkbox } from '../ui/field.tsx';
import { filterReason } from '../ui/reasons.ts';
import { type Filters, toggled, toggledIn, valuesIn } from './filters.ts';
import { readPrice, writePrice } from './price.ts';

interface Props {
  facets: FacetsBody;
  filters: Filters;
  /** Why the shop refused filters, by their names. */
  refused: Readonly<Record<string, string>>;
  /** Shows the list with these filters, from its first page on. */
  choose: (change: Partial<Filters>) => void;
  categoryHref: (slug: string) => string;
}

/** What the list can be narrowed to, with how many products each choice would leave. */
export function Facets({ facets, filters, refused, choose, categoryHref }: Props) {
  const brands = facets.brands.map(({ slug, name, count }) => ({ value: slug, name, count }));
  return (
    <>
      <CategoryTree all={facets.categories} current={filters.category} href={categoryHref} />
      <Group title={t('facets.availability')}>
        <Checkbox
          label={<Counted name={t('facets.inStock')} count={facets.inStock} />}
          checked={filters.inStock}
          onChange={() => choose({ inStock: !filters.inStock })}
        />
        <Checkbox
          label={<Counted name={t('facets.onOffer')} count={facets.onOffer} />}
          checked={filters.onOffer}
          onChange={() => choose({ onOffer: !filters.onOffer })}
        />
      </Group>
      <Prices facets={facets} filters={filters} refused={refused} choose={choose} />
      <Values
        title={t('facets.brand')}
        values={brands}
        chosen={filters.brand}
        toggle={(slug) => choose({ brand: toggled(filters.brand, slug) })}
      />
      {(['options', 'attributes'] as const).flatMap((kind) =>
        facets[kind].map(({ name, values }) => (
          <Values
            key={`${kind} ${name}`}
            title={name}
            lang={catalogueLang()}
            values={values.map(({ value, count }) => ({ value, name: value, count }))}
            chosen={valuesIn(filters[kind], name)}
            toggle={(value) => choose({ [kind]: toggledIn(filters[kind], name, value) })}
          />
        )),
      )}
      <Ratings facets={facets} filters={filters} choose={choose} />
    </>
  );
}

interface GroupProps {
  title: string;
  /** That of the title, if it is another than that of the page. */
  lang?: string | undefined;
  children: ComponentChildren;
}

function Group({ title, lang, children }: GroupProps) {
  return (
    <details class="facet" open>
      <summary lang={lang}>{title}</summary>
      <fieldset>
        <legend class="visually-hidden" lang={lang}>
          {title}
        </legend>
        {children}
      </fieldset>
    </details>
  );
}

function Counted({ name, lang, count }: { name: string; lang?: string | undefined; count: number }) {
  return (
    <>
      <span lang={lang}>{name}</span> <span class="facet-count">{formatNumber(count)}</span>
    </>
  );
}

interface ValuesProps {
  title: string;
  lang?: string | undefined;
  values: { value: string; name: string; count: number }[];
  chosen: string[];
  toggle: (value: string) => void;
}

const FEW = 8;

function Values({ title, lang, values, chosen, toggle }: ValuesProps) {
  const [all, setAll] = useState(false);
  // What was chosen can be taken back, even if nothing has it any more.
  const gone = chosen.filter((value) => !values.some((other) => other.value === value));
  const listed = [...values, ...gone.map((value) => ({ value, name: value, count: 0 }))];
  // One value that all products have is no choice.
  if (listed.length < 2 && chosen.length === 0) return null;
  const shown = all ? listed : listed.filter(({ value }, index) => index < FEW || chosen.includes(value));
  return (
    <Group title={title} lang={lang}>
      {shown.map(({ value, name, count }) => (
        <Checkbox
          key={value}
          label={<Counted name={name} lang={catalogueLang()} count={count} />}
          checked={chosen.includes(value)}
          onChange={() => toggle(value)}
        />
      ))}
      {listed.length > shown.length && (
        <Button kind="quiet" onClick={() => setAll(true)}>
          {t('facets.all', { count: listed.length })}
        </Button>
      )}
    </Group>
  );
}

interface TreeProps {
  all: CategoryFacetBody[];
  current: string;
  href: (slug: string) => string;
}

/** The way to the chosen category, and what is directly below it. */
function CategoryTree({ all, current, href }: TreeProps) {
  const chosen = all.find(({ slug, id }) => slug === current || id === current);
  const above: CategoryFacetBody[] = [];
  for (let one = chosen; one; one = all.find(({ id }) => id === one?.parentId)) above.unshift(one);
  const below = all.filter(({ parentId }) => parentId === (chosen?.id ?? null));
  if (above.length + below.length === 0) return null;
  return (
    <details class="facet" open>
      <summary>{t('nav.categories')}</summary>
      <ul class="plain tree">
        {above.length > 0 && (
          <li>
            <a href={href('')}>{t('facets.allCategories')}</a>
          </li>
        )}
        {above.map(({ slug, name, count }) => (
          <li key={slug}>
            <a href={href(slug)} aria-current={slug === chosen?.slug ? 'page' : undefined}>
              <Counted name={name} lang={catalogueLang()} count={count} />
            </a>
          </li>
        ))}
        <li>
          <ul class="plain">
            {below.map(({ slug, name, count }) => (
              <li key={slug}>
                <a href={href(slug)}>
                  <Counted name={name} lang={catalogueLang()} count={count} />
                </a>
              </li>
            ))}
          </ul>
        </li>
      </ul>
    </details>
  );
}

type PartProps = Pick<Props, 'facets' | 'filters' | 'choose'>;

function Ratings({ facets, filters, choose }: PartProps) {
  const ratings = facets.ratings.filter(({ rating, count }) => rating < 5 && (count > 0 || rating === filters.rating));
  if (ratings.length === 0) return null;
  return (
    <Group title={t('facets.rating')}>
      {ratings.map(({ rating, count }) => (
        <Checkbox
          key={rating}
          type="radio"
          name="rating"
          label={<Counted name={t('facets.stars', { count: rating })} count={count} />}
          checked={filters.rating === rating}
          onChange={() => choose({ rating })}
        />
      ))}
    </Group>
  );
}

/** The currency of prices in a list, once it is known. */
export function currencyOf(facets: FacetsBody | null | undefined): string | undefined {
  return shop.value?.currency.code ?? facets?.prices[0]?.from.currency;
}

interface PricesProps extends Pick<Props, 'filters' | 'refused' | 'choose'> {
  facets?: FacetsBody | null | undefined;
}

export function Prices({ facets, filters, refused, choose }: PricesProps) {
  const id = useId();
  const currency = currencyOf(facets);
  if (!currency) return null;
  const unit = 10 ** (shop.value?.currency.decimals ?? usualDecimals(currency));
  const written = (amount: number | undefined) =>
    amount === undefined ? '' : writePrice(amount / unit, language.value);
  const parse = (value: FormDataEntryValue | null) => {
    const price = readPrice(String(value), language.value);
    return price === undefined ? undefined : Math.round(price * unit);
  };
  const apply = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    choose({ minPrice: parse(form.get('minPrice')), maxPrice: parse(form.get('maxPrice')) });
  };
  const input = (name: 'minPrice' | 'maxPrice', label: string) => (
    <label>
      {label}
      <input
        key={filters[name]}
        name={name}
        inputMode="decimal"
        autocomplete="off"
        defaultValue={written(filters[name])}
        aria-invalid={refused[name] ? 'true' : undefined}
        aria-describedby={refused[name] && `${id}-${name}`}
      />
    </label>
  );
  const reason = (name: 'minPrice' | 'maxPrice') =>
    refused[name] && (
      <p class="error" id={`${id}-${name}`}>
        {filterReason(name, refused[name])}
      </p>
    );
  return (
    <Group title={t('facets.price', { currency: currency.toUpperCase() })}>
      <form class="prices" onSubmit={apply}>
        {input('minPrice', t('facets.minPrice'))}
        {input('maxPrice', t('facets.maxPrice'))}
        {reason('minPrice')}
        {reason('maxPrice')}
        <Button type="submit">{t('facets.apply')}</Button>
      </form>
    </Group>
  );
}
