import type { ComponentChildren } from 'preact';
import { useLocation } from 'preact-iso';
import { type Language, language, languages, setLanguage, t } from '../i18n/index.ts';
import { cartCount } from '../state/cart.ts';
import { topCategories } from '../state/categories.ts';
import { catalogueLang, shop } from '../state/shop.ts';
import { user } from '../state/user.ts';
import { Icon } from './icon.tsx';
import { LEGAL_PAGES, LegalLinks } from './legal-links.tsx';
import { PageLoad } from './page-load.tsx';
import { SearchBox } from './search-box.tsx';
import { Toasts } from './toast.tsx';

export function Layout({ children }: { children: ComponentChildren }) {
  return (
    <>
      <a class="skip" href="#content">
        {t('skip.content')}
      </a>
      <PageLoad />
      <Header />
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <Footer />
      <Toasts />
    </>
  );
}

function Header() {
  const count = cartCount.value;
  const { path } = useLocation();
  const account = user.value === null ? '/sign-in' : '/account';
  return (
    <header class="header">
      <div class="bar">
        <a class="brand" href="/" aria-label={shop.value ? undefined : t('nav.home')}>
          {shop.value?.name ?? '\u00a0'}
        </a>
        <SearchBox />
        <nav class="own" aria-label={t('nav.account')}>
          <a href={account} aria-current={path.startsWith('/account') ? 'page' : undefined}>
            <Icon name="account" />
            <span class="label">{user.value === null ? t('nav.signIn') : t('nav.account')}</span>
          </a>
          <a href="/cart">
            <Icon name="cart" />
            <span class="label">{t('nav.cart')}</span>
            {count > 0 && <span class="visually-hidden">{t('nav.cartItems', { count })}</span>}
            {count > 0 && (
              <span class="count" aria-hidden="true">
                {count}
              </span>
            )}
          </a>
        </nav>
      </div>
      <nav class="menu" aria-label={t('nav.categories')}>
        <ul>
          {topCategories.value.map(({ slug, name }) => (
            <li key={slug} lang={catalogueLang()}>
              <a href={`/categories/${slug}`} aria-current={path === `/categories/${slug}` ? 'page' : undefined}>
                {name}
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </header>
  );
}

function Footer() {
  return (
    <footer class="footer">
      <div class="bar">
        <nav aria-label={t('footer.label')}>
          <a href="/search">{t('footer.allProducts')}</a>
          <a href="/account/orders">{t('nav.orders')}</a>
          <a href="/account/wishlist">{t('nav.wishlist')}</a>
          <LegalLinks of={LEGAL_PAGES} />
        </nav>
        <label>
          {t('footer.language')}{' '}
          <select value={language.value} onChange={(event) => void setLanguage(event.currentTarget.value as Language)}>
            {Object.entries(languages).map(([code, name]) => (
              <option key={code} value={code} lang={code}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      <p>{t('footer.consent')}</p>
      {shop.value && <p>{t('footer.rights', { year: String(new Date().getFullYear()), name: shop.value.name })}</p>}
    </footer>
  );
}
