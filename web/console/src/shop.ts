import { type Client, createClient, isKontorError, type KontorError, type ShopBody, webStorage } from '@kontor/client';
import { createContext, useContext } from 'react';

type Ask = (refusal: KontorError) => Promise<void>;

const nobody: Ask = (refusal) => Promise.reject(refusal);

/** What the shop wants before it goes on: set by the parts that ask for it. They reject if it is not given. */
const asks = {
  /** The session is over, so staff sign in again. */
  signIn: nobody,
  /** For a grave act, staff prove again who they are. */
  proof: nobody,
  /** Staff of this shop turn on two-factor sign-in first. No request waits for that. */
  twoFactor: nobody,
};

/** Sets who asks, until the function that it returns is called. */
export function onAsked(what: keyof typeof asks, ask: Ask): () => void {
  asks[what] = ask;
  return () => {
    asks[what] = nobody;
  };
}

/** The session of the console is not that of the storefront, which may be open on the same device. */
const client = createClient({
  baseUrl: location.origin,
  storage: webStorage(localStorage, 'kontor.console.'),
  sessionCookie: 'console',
  // The requests that find it out wait for the same; this is for those that do not, such as uploads.
  onSessionEnd: (error) => void asks.signIn(error).catch(() => {}),
});

type AnyCall = (...args: unknown[]) => Promise<unknown>;

/** Asks for a sign-in or a fresh proof where the shop wants one, and then repeats the request. */
function withAsking(call: AnyCall): AnyCall {
  return async (...args) => {
    try {
      return await call(...args);
    } catch (error) {
      if (isKontorError(error, 'fresh_proof_required')) await asks.proof(error);
      else if (isKontorError(error, 'two_factor_required')) await asks.twoFactor(error);
      // The client forgets a session that is over.
      else if (isKontorError(error) && error.status === 401 && !(await client.isSignedIn())) await asks.signIn(error);
      else throw error;
      return await call(...args);
    }
  };
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** The shop's API, on the same origin as the console. */
export const kontor: Client = {
  ...client,
  ...Object.fromEntries(METHODS.map((method) => [method, withAsking(client[method] as AnyCall)])),
};

/** For the proof and the sign-in themselves, and for what must not ask for one. */
export const kontorWithoutAsking = client;

let shop: Promise<ShopBody> | null = null;

/** The shop as it is deployed: name, currency, time zone, limits. It is read once for all who ask. */
export function readShop(): Promise<ShopBody> {
  shop ??= kontor.GET('/api/v1/shop').then(({ data }) => data);
  return shop;
}

export const ShopContext = createContext<ShopBody | null>(null);

/** The same, where it is loaded: for all parts of the console. */
export function useShop(): ShopBody {
  const shop = useContext(ShopContext);
  if (!shop) throw new Error('The shop is not loaded.');
  return shop;
}
