import { useLocation } from 'preact-iso';
import { readFilters, writeFilters } from '../catalogue/filters.ts';
import { Listing, listTitle } from '../catalogue/listing.tsx';
import { t } from '../i18n/index.ts';
import { Heading } from '../ui/title.tsx';

export default function Search() {
  const { url } = useLocation();
  const filters = readFilters(new URL(url, location.origin).search);
  const name = filters.q ? t('search.title', { q: filters.q }) : t('search.all');
  return (
    <>
      <Heading title={listTitle(name, filters)}>{name}</Heading>
      <Listing
        filters={filters}
        href={(changed) => `/search${writeFilters(changed)}`}
        categoryHref={(category) => `/search${writeFilters({ ...filters, category, page: 1 })}`}
      />
    </>
  );
}
