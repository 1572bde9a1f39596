import createCache, { type Options } from '@emotion/cache';

type SheetOptions = Parameters<typeof createCache>[0];

/**
 * Emotion's styles in a constructed style sheet. The shop's Content-Security-Policy allows neither `<style>` elements nor
 * `style` attributes; what a script does to the style sheets of its page needs no exception.
 */
class AdoptedSheet {
  readonly key: string;
  readonly #sheet = new CSSStyleSheet();
  readonly isSpeedy = true;
  /** Emotion takes out the rules before it inserts new ones only if there is a tag. */
  readonly tags = [{ nextElementSibling: null }];
  before = null;

  constructor({ key }: Pick<SheetOptions, 'key'>) {
    this.key = key;
    const others = document.adoptedStyleSheets;
    // Global styles come first, so that those of components win.
    document.adoptedStyleSheets = key.endsWith('-global') ? [this.#sheet, ...others] : [...others, this.#sheet];
  }

  insert(rule: string) {
    try {
      this.#sheet.insertRule(rule, this.#sheet.cssRules.length);
    } catch {
      // A rule that this browser does not know, such as the prefix of another one.
    }
  }

  flush() {
    this.#sheet.replaceSync('');
  }

  hydrate() {}
}

/** The cache for MUI's styles. */
export function createStyleCache(options: Pick<Options, 'key'>) {
  const cache = createCache({ ...options, speedy: true });
  cache.sheet = new AdoptedSheet(options) as unknown as typeof cache.sheet;
  return cache;
}
