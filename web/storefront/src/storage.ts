/** A text for each key, such as `sessionStorage`. */
export type Texts = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** What the browser keeps for this tab, and for all of the shop. */
export const ofTab = usable(() => sessionStorage);
export const ofShop = usable(() => localStorage);

/** A browser that blocks its storage refuses even the question for it. Then texts are kept until the page is left. */
function usable(storage: () => Storage): Texts {
  try {
    return storage();
  } catch {
    const kept = new Map<string, string>();
    return {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, text) => void kept.set(key, text),
      removeItem: (key) => void kept.delete(key),
    };
  }
}
