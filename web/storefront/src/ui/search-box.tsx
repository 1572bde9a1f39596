import type { SuggestionsBody } from '@kontor/client';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { Highlighted } from '../catalogue/highlighted.tsx';
import { t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { catalogueLang } from '../state/shop.ts';
import { Icon } from './icon.tsx';
import { Money } from './money.tsx';
import { Picture } from './picture.tsx';

const PAUSE = 120;

/** Search as you type: a combobox as ARIA describes it. The arrows choose, Enter opens, Escape closes. */
export function SearchBox() {
  const { url, route } = useLocation();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(-1);
  const [open, setOpen] = useState(false);
  const found = useSuggestions(open ? typed.trim() : '');
  const choices = found ? choicesOf(found) : [];
  const shown = open && choices.length > 0;

  // The field shows what the page searched for.
  useEffect(() => {
    const { pathname, searchParams } = new URL(url, location.origin);
    setTyped(pathname === '/search' ? (searchParams.get('q') ?? '') : '');
    setOpen(false);
  }, [url]);

  const go = (href: string) => {
    setOpen(false);
    input.current?.blur();
    route(href);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const choice = shown ? choices[chosen] : undefined;
    if (choice) go(choice.href);
    else if (typed.trim()) go(`/search?${new URLSearchParams({ q: typed.trim() })}`);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && shown) {
      // Chromium would empty the field.
      event.preventDefault();
      setOpen(false);
    }
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    if (!shown) return setOpen(true);
    // -1 is the field itself.
    const step = event.key === 'ArrowDown' ? 2 : 0;
    setChosen((now) => ((now + step + choices.length + 1) % (choices.length + 1)) - 1);
  };

  return (
    <search class="search-box">
      <form action="/search" onSubmit={submit}>
        <input
          ref={input}
          type="search"
          name="q"
          maxLength={200}
          // biome-ignore lint/a11y/noRedundantRoles: without a `datalist` its role would be `searchbox`.
          role="combobox"
          list={undefined}
          aria-label={t('search.label')}
          aria-autocomplete="list"
          aria-expanded={shown}
          aria-controls={`${id}-list`}
          aria-activedescendant={shown && chosen >= 0 ? `${id}-${chosen}` : undefined}
          placeholder={t('search.label')}
          autocomplete="off"
          value={typed}
          onInput={({ currentTarget: { value } }) => {
            setTyped(value);
            setChosen(-1);
            setOpen(true);
          }}
          onKeyDown={press}
          onBlur={() => setOpen(false)}
        />
        <button type="submit" class="icon-button" aria-label={t('search.button')}>
          <Icon name="search" />
        </button>
      </form>
      <div id={`${id}-list`} class="suggestions" role="listbox" aria-label={t('search.suggestions')} hidden={!shown}>
        {shown &&
          choices.map((choice, index) => (
            <a
              key={choice.href}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === chosen}
              href={choice.href}
              // The field keeps the focus, so that the list is still there when the click comes.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => setOpen(false)}
            >
              {choice.content}
            </a>
          ))}
      </div>
      <span class="visually-hidden" role="status">
        {shown && t('search.found', { count: choices.length })}
      </span>
    </search>
  );
}

/** What begins like the typed words. An answer to earlier words is dropped. */
function useSuggestions(q: string): SuggestionsBody | null {
  const [found, setFound] = useState<SuggestionsBody | null>(null);
  useEffect(() => {
    if (q.length < 2) return setFound(null);
    const control = new AbortController();
    const ask = () =>
      kontor.GET('/api/v1/products/suggest', { params: { query: { q } }, signal: control.signal }).then(
        ({ data }) => control.signal.aborted || setFound(data),
        // The search itself tells what is wrong.
        () => control.signal.aborted || setFound(null),
      );
    const timer = setTimeout(ask, PAUSE);
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [q]);
  return found;
}

function choicesOf({ queries, products, categories, brands }: SuggestionsBody) {
  return [
    ...queries.map((q) => ({
      href: `/search?${new URLSearchParams({ q })}`,
      content: (
        <>
          <Icon name="search" />
          {q}
        </>
      ),
    })),
    ...categories.map(({ slug, name }) => ({
      href: `/categories/${slug}`,
      content: <Term name={name} kind={t('search.category')} />,
    })),
    ...brands.map(({ slug, name }) => ({
      href: `/search?brand=${slug}`,
      content: <Term name={name} kind={t('search.brand')} />,
    })),
    ...products.map(({ slug, image, highlights, price }) => ({
      href: `/products/${slug}`,
      content: (
        <>
          <Picture image={image} sizes="3rem" alt="" />
          <span lang={catalogueLang()}>
            <Highlighted parts={highlights.name} />
          </span>
          <Money of={price} />
        </>
      ),
    })),
  ];
}

function Term({ name, kind }: { name: string; kind: string }) {
  return (
    <>
      <Icon name="right" />
      <span lang={catalogueLang()}>{name}</span>
      <span class="hint">{kind}</span>
    </>
  );
}
