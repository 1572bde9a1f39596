/** Where the client keeps what outlives a page: the refresh token, and the tokens of carts, orders and devices. */
export interface ClientStorage {
  get(key: string): Promise<string | null> | string | null;
  /** Null removes it. */
  set(key: string, value: string | null): Promise<void> | void;
  /** Runs a task while nobody else who uses the same storage runs one: other tabs. */
  alone?<T>(task: () => Promise<T>): Promise<T>;
}

/** Keeps everything until the page is left, or for one request on a server. */
export function memoryStorage(): ClientStorage {
  const values = new Map<string, string>();
  return {
    get: (key) => values.get(key) ?? null,
    set: (key, value) => void (value === null ? values.delete(key) : values.set(key, value)),
  };
}

/** A text for each key, such as `sessionStorage`. */
export type Texts = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** A storage of the browser. What it does not take is kept until the page is left: one that is blocked refuses even the
 * question for it, and one can be full. */
export function usable(storage: () => Storage): Texts {
  const kept = new Map<string, string>();
  const area = attempt(storage);
  return {
    getItem: (key) => kept.get(key) ?? area?.getItem(key) ?? null,
    setItem: (key, text) => {
      kept.delete(key);
      attempt(() => area?.setItem(key, text));
      if (area?.getItem(key) !== text) kept.set(key, text);
    },
    removeItem: (key) => {
      kept.delete(key);
      area?.removeItem(key);
    },
  };
}

function attempt<T>(task: () => T): T | undefined {
  try {
    return task();
  } catch {
    return undefined;
  }
}

/** Keeps everything in `localStorage`, for all tabs and later visits, or in `sessionStorage`. */
export function webStorage(area: Texts = usable(() => localStorage), prefix = 'kontor.'): ClientStorage {
  return {
    get: (key) => area.getItem(prefix + key),
    set: (key, value) => (value === null ? area.removeItem(prefix + key) : area.setItem(prefix + key, value)),
    alone: async (task) => (navigator.locks ? await navigator.locks.request(`${prefix}storage`, task) : await task()),
  };
}

/** Runs tasks one after the other, whatever becomes of each. */
export function inTurn(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const mine = last.then(task);
    last = mine.catch(() => {});
    return mine;
  };
}

/** A small map that is kept under one key. The oldest entries are forgotten when it has too many. */
export class StoredMap {
  readonly #storage: ClientStorage;
  readonly #key: string;
  readonly #most: number;
  readonly #change = inTurn();

  constructor(storage: ClientStorage, key: string, most: number) {
    this.#storage = storage;
    this.#key = key;
    this.#most = most;
  }

  async get(name: string): Promise<string | null> {
    return (await this.#entries()).find(([key]) => key === name)?.[1] ?? null;
  }

  set(name: string, value: string | null): Promise<void> {
    return this.#change(async () => {
      const others = (await this.#entries()).filter(([key]) => key !== name);
      const entries = value === null ? others : [...others, [name, value]];
      await this.#storage.set(this.#key, JSON.stringify(entries.slice(-this.#most)));
    });
  }

  async #entries(): Promise<[string, string][]> {
    const text = await this.#storage.get(this.#key);
    try {
      return JSON.parse(text ?? '[]') as [string, string][];
    } catch {
      // Somebody else wrote there.
      return [];
    }
  }
}
