import { useLocation, useRoute } from 'preact-iso';
import { type Filters, readFilters, writeFilters } from '../catalogue/filters.ts';
import { Listing, listTitle } from '../catalogue/listing.tsx';
import { categoriesWith, categoryNamed, pathTo } from '../state/categories.ts';
import { catalogueLang } from '../state/shop.ts';
import { Breadcrumbs } from '../ui/breadcrumbs.tsx';
import { ErrorView } from '../ui/error-view.tsx';
import { NotFound } from '../ui/not-found.ts';
import { Heading } from '../ui/title.tsx';
import { useLoad } from '../ui/use-load.ts';

export default function Category() {
  const { url } = useLocation();
  const name = useRoute().params['slug'] ?? '';
  const all = useLoad(() => categoriesWith(name), [name], { stale: true, remember: 'categories' });
  const category = categoryNamed(name, all.data ?? []);
  const slug = category?.slug ?? name;

  if (all.data && !category && !all.loading) return <NotFound />;
  if (all.error && !all.data) return <ErrorView page error={all.error} retry={all.reload} />;
  const filters = { ...readFilters(new URL(url, location.origin).search), category: slug };
  const href = ({ category: other = slug, ...changed }: Partial<Filters>) =>
    `${other ? `/categories/${other}` : '/search'}${writeFilters({ ...changed, category: '' })}`;
  const lang = catalogueLang();
  return (
    <>
      <Breadcrumbs path={category && all.data ? pathTo(category, all.data).slice(0, -1) : []} />
      <Heading title={category && listTitle(category.name, filters)} lang={lang}>
        {category?.name ?? '\u00a0'}
      </Heading>
      {category?.description && (
        <p class="category-text" lang={lang}>
          {category.description}
        </p>
      )}
      <Listing filters={filters} href={href} categoryHref={(other) => href({ ...filters, category: other, page: 1 })} />
    </>
  );
}
