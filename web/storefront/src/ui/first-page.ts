/** How many things are being loaded that the page shows. */
let loading = 0;
let routed = false;
let done = () => {};

/** Longer than this nobody waits for a page that has only its empty places yet. */
const PATIENCE = 2500;

/** Resolves when the first page has what it shows, so that it can take the place of the HTML that came with the address. */
export function firstPage(): Promise<void> {
  return new Promise((resolve) => {
    done = resolve;
    setTimeout(resolve, PATIENCE);
  });
}

export function pageIsThere(): void {
  routed = true;
  settle();
}

export function loadBegins(): void {
  loading += 1;
}

export function loadEnds(): void {
  loading -= 1;
  settle();
}

/** A page begins to load after it was drawn, and is drawn again after it was loaded. */
function settle(): void {
  setTimeout(() => routed && loading === 0 && done(), 50);
}
