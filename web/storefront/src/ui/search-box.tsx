import { t } from '../i18n/index.ts';
import { Icon } from './icon.tsx';

export function SearchBox() {
  return (
    <search class="search-box">
      <form action="/search">
        <input
          type="search"
          name="q"
          aria-label={t('search.label')}
          placeholder={t('search.label')}
          autocomplete="off"
        />
        <button type="submit" class="icon-button" aria-label={t('search.label')}>
          <Icon name="search" />
        </button>
      </form>
    </search>
  );
}
