// What is kept, and for how long.

const MOST_ENTRIES = 2_000;

/** Errors that CloudFront keeps whatever their headers say. Others it keeps only if they ask for it. */
export const STATUSES_THAT_ARE_KEPT = [404, 414, 500, 501, 502, 503, 504];

/** The least recently used entries go first. */
export class Cache {
  #entries = new Map();

  get(key) {
    const entry = this.#entries.get(key);
    if (entry) this.set(key, entry);
    return entry;
  }

  set(key, entry) {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > MOST_ENTRIES) this.#entries.delete(this.#entries.keys().next().value);
  }

  delete(key) {
    this.#entries.delete(key);
  }
}

/** For how many seconds an answer is fresh, and how long it is used after that while a new one is fetched. */
export function keepFor(policy, headers) {
  const { MinTTL: least, DefaultTTL: usual = 86_400, MaxTTL: most = 31_536_000 } = policy;
  const words = directives(headers['cache-control']);
  if (['no-store', 'no-cache', 'private'].some((word) => words.has(word))) {
    return { fresh: Number(least), whileRevalidated: 0 };
  }
  const asked = words.get('s-maxage') ?? words.get('max-age') ?? untilExpiry(headers) ?? usual;
  const fresh = Math.min(Math.max(Number(asked) || 0, Number(least)), Number(most));
  return { fresh, whileRevalidated: fresh ? Number(words.get('stale-while-revalidate') ?? 0) : 0 };
}

function directives(header = '') {
  const word = (part) => part.trim().toLowerCase().split('=');
  return new Map(
    header
      .split(',')
      .map(word)
      .map(([name, value = '']) => [name, value.replaceAll('"', '')]),
  );
}

function untilExpiry({ expires, date }) {
  const seconds = (Date.parse(expires) - Date.parse(date)) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(seconds, 0);
}
