import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { shop } from '../state/shop.ts';

let focusNext = false;

/** Called when another page was opened: its heading gets the focus, so that screen readers begin there. */
export function focusNextHeading(): void {
  focusNext = true;
}

/** The title of the window, as the HTML of an address has it. An empty one is that of the shop itself. */
export function useTitle(title: string | undefined): void {
  const name = shop.value?.name;
  useEffect(() => {
    if (title !== undefined) document.title = [title, name].filter(Boolean).join(' – ') || document.title;
  }, [title, name]);
}

interface Props {
  children: ComponentChildren;
  /** If it is not the text of the heading. */
  title?: string | undefined;
  class?: string;
  /** That of the heading, if it is another than that of the page. */
  lang?: string | undefined;
}

/** The `h1` of a page. It also names the window, and takes the focus after navigation. */
export function Heading({ children, title, class: className, lang }: Props) {
  const { path } = useLocation();
  const heading = useRef<HTMLHeadingElement>(null);
  // A heading whose text is still to come leaves the title as it is.
  useTitle(title ?? ((typeof children === 'string' && children.trim()) || undefined));
  useEffect(() => {
    if (!focusNext) return;
    focusNext = false;
    heading.current?.focus({ preventScroll: true });
  }, [path]);
  return (
    <h1 ref={heading} tabIndex={-1} class={className} lang={lang}>
      {children}
    </h1>
  );
}
