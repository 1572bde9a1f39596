import { t } from '../i18n/index.ts';
import { catalogueLang } from '../state/shop.ts';

/** The way from the start to what is above this page. */
export function Breadcrumbs({ path }: { path: { slug: string; name: string }[] }) {
  return (
    <nav class="breadcrumbs" aria-label={t('nav.breadcrumbs')}>
      <ol>
        <li>
          <a href="/">{t('nav.home')}</a>
        </li>
        {path.map(({ slug, name }) => (
          <li key={slug} lang={catalogueLang()}>
            <a href={`/categories/${slug}`}>{name}</a>
          </li>
        ))}
      </ol>
    </nav>
  );
}
