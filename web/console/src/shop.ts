import { type Client, createClient, isKontorError, type ShopBody, webStorage } from '@kontor/client';
import { createContext, useContext } from 'react';

/** What the console does when the shop asks for something: set by the parts that show it. */
export const asks = {
  /** The session is over. */
  signInAgain: () => {},
  /** For a grave act, staff prove again who they are. Rejects if they do not want to. */
  proof: (): Promise<void> => Promise.reject(new Error('Nobody can be asked.')),
};

/** The session of the console is not that of the storefront, which may be open on the same device. */
const client = createClient({
  baseUrl: location.origin,
  storage: webStorage(localStorage, 'kontor.console.'),
  sessionCookie: 'console',
  onSessionEnd: () => asks.signInAgain(),
});

type AnyCall = (...args: unknown[]) => Promise<unknown>;

/** Asks for a fresh proof where the shop wants one, and then repeats the request. */
function proving(call: AnyCall): AnyCall {
  return async (...args) => {
    try {
      return await call(...args);
    } catch (error) {
      if (!isKontorError(error, 'fresh_proof_required')) throw error;
      await asks.proof();
      return await call(...args);
    }
  };
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** The shop's API, on the same origin as the console. */
export const kontor: Client = {
  ...client,
  ...Object.fromEntries(METHODS.map((method) => [method, proving(client[method] as AnyCall)])),
};

/** For the proof itself, and for what must not ask for one. */
export const kontorWithoutProof = client;

export const ShopContext = createContext<ShopBody | null>(null);

/** The shop as it is deployed: name, currency, limits. */
export function useShop(): ShopBody {
  const shop = useContext(ShopContext);
  if (!shop) throw new Error('The shop is not loaded.');
  return shop;
}
