/** When what had the focus is gone, it goes to the heading of the page, not to nowhere. */
export function focusHeading(): void {
  document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
}
