/** When what had the focus is gone, it goes to the heading of the page, not to nowhere. */
export function focusHeading(): void {
  document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
}

/** Does so from now on for everything that is taken out of the page, or disabled, while it has the focus. */
export function keepFocus(): void {
  let last: Element | null = null;
  const isNowhere = () => document.activeElement === document.body;
  const isGone = (element: Element) => !element.isConnected || element.matches(':disabled');
  addEventListener('focusin', ({ target }) => {
    last = target instanceof Element ? target : null;
  });
  // Whoever presses beside it takes the focus away themselves.
  addEventListener('focusout', () =>
    setTimeout(() => {
      if (last && isNowhere() && !isGone(last)) last = null;
    }),
  );
  new MutationObserver(() => {
    if (!last || !isNowhere() || !isGone(last)) return;
    last = null;
    focusHeading();
  }).observe(document.body, { childList: true, subtree: true, attributeFilter: ['disabled'] });
}
