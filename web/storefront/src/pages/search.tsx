import { useLocation } from 'preact-iso';
import { readFilters, writeFilters } from '../catalogue/filters.ts';
import { Listing } from '../catalogue/listing.tsx';
import { t } from '../i18n/index.ts';
import { Heading } from '../ui/title.tsx';

export default function Search() {
  const { url } = useLocation();
  const filters = readFilters(new URL(url, location.origin).search);
  return (
    <>
      <Heading>{filters.q ? t('search.title', { q: filters.q }) : t('search.all')}</Heading>
      <Listing
        filters={filters}
        href={(changed) => `/search${writeFilters(changed)}`}
        categoryHref={(category) => `/search${writeFilters({ ...filters, category, page: 1 })}`}
      />
    </>
  );
}
