import type { ShopBody } from '@kontor/client';

import { t } from '../i18n/index.ts';
import { shop } from '../state/shop.ts';

export const LEGAL_PAGES = ['imprint', 'terms', 'privacy'] as const satisfies (keyof ShopBody['links'])[];

/** Links to those of these pages that the shop has. They open in a window of their own, so that nothing typed is lost. */
export function LegalLinks({ of }: { of: readonly (typeof LEGAL_PAGES)[number][] }) {
  return (
    <>
      {of.map((page) => {
        const url = shop.value?.links[page];
        return (
          url && (
            <a key={page} href={url} target="_blank" rel="noopener">
              {t(`footer.${page}`)}
            </a>
          )
        );
      })}
    </>
  );
}
