import { KontorError } from './errors.ts';
import type { SignedInBody } from './generated/schema.ts';
import type { ClientStorage } from './storage.ts';

const REFRESH_TOKEN = 'refresh-token';
/** Milliseconds before its end from which on an access token is not used any more. */
const MARGIN = 10_000;

interface Access {
  token: string;
  until: number;
}

/** The session of a user: the access token in memory, the refresh token in the storage. */
export class Session {
  readonly #storage: ClientStorage;
  readonly #exchange: (refreshToken: string) => Promise<SignedInBody>;
  readonly #onEnd: (error: KontorError) => void;
  #access: Access | null = null;
  #refreshing: Promise<string | null> | null = null;

  constructor(
    storage: ClientStorage,
    exchange: (refreshToken: string) => Promise<SignedInBody>,
    onEnd: (error: KontorError) => void,
  ) {
    this.#storage = storage;
    this.#exchange = exchange;
    this.#onEnd = onEnd;
  }

  async isKept(): Promise<boolean> {
    return (await this.#storage.get(REFRESH_TOKEN)) !== null;
  }

  /** The access token for a request, new if the last one has ended. Null for guests. */
  async token(): Promise<string | null> {
    if (this.#access && Date.now() < this.#access.until - MARGIN) return this.#access.token;
    return (await this.isKept()) ? await this.#refresh() : null;
  }

  /** Another access token in place of one that the shop refused. */
  async tokenAfter(refused: string, error: KontorError): Promise<string> {
    const wasCurrent = this.#access?.token === refused;
    if (wasCurrent) this.#access = null;
    const token = await this.token();
    if (token !== null) return token;
    // Another tab has signed out; whoever is first to notice it says so.
    if (wasCurrent) this.#onEnd(error);
    throw error;
  }

  /** A refresh token that is in a cookie is kept as a mark of this session, which others can tell from the next one. */
  async keep(signedIn: SignedInBody): Promise<void> {
    this.#access = { token: signedIn.accessToken, until: Date.now() + signedIn.expiresIn * 1000 };
    await this.#storage.set(REFRESH_TOKEN, signedIn.refreshToken ?? crypto.randomUUID());
  }

  async forget(): Promise<void> {
    this.#access = null;
    await this.#storage.set(REFRESH_TOKEN, null);
  }

  /** One refresh for all who wait for it, here and in other tabs: a refresh token can be used once. */
  #refresh(): Promise<string | null> {
    const task = () => this.#refreshAlone();
    this.#refreshing ??= (this.#storage.alone?.(task) ?? task()).finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  async #refreshAlone(): Promise<string | null> {
    const used = await this.#storage.get(REFRESH_TOKEN);
    if (used === null) return null;
    this.#access = null;
    try {
      const signedIn = await this.#exchange(used);
      if ([used, signedIn.refreshToken].includes((await this.#storage.get(REFRESH_TOKEN)) ?? ''))
        await this.keep(signedIn);
    } catch (error) {
      // The session is over. Anything else, such as no answer, leaves the token for the next try.
      if (!(error instanceof KontorError) || ![400, 401, 403].includes(error.status)) throw error;
      if ((await this.#storage.get(REFRESH_TOKEN)) === used) {
        await this.forget();
        this.#onEnd(error);
        throw error;
      }
    }
    // Whoever signed in or out meanwhile left another token; the answer was about a session of the past.
    return (this.#access as Access | null)?.token ?? (await this.#refreshAlone());
  }
}
