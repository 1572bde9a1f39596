// What a page of a storefront does, in a browser. It is left and opened again, and each visit does the next step.

import { createClient, webStorage } from '../src/index.ts';

export interface Facts {
  api: string;
  sku: string;
  product: string;
  email: string;
  password: string;
}

export interface Saw {
  error?: string;
  units: number[];
  cartTokenAfterSignIn: string | null;
  refreshes: number[];
  state: string;
  progress: { sent: number; total: number }[];
}

declare const FACTS: Facts;

const client = createClient({ baseUrl: FACTS.api, storage: webStorage() });
const units = async () => (await client.GET('/api/v1/cart')).data.units;
const remember = (name: string, value: unknown) => sessionStorage.setItem(name, JSON.stringify(value));
const remembered = <T>(name: string) => JSON.parse(sessionStorage.getItem(name) ?? 'null') as T;
const refreshes = () =>
  performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/auth/refresh')).length;

/** Many requests at once, in a page that has no access token yet. */
async function manyRequests(): Promise<number> {
  await Promise.all(Array.from({ length: 10 }, () => client.GET('/api/v1/users/me')));
  return refreshes();
}

function picture(): Promise<Blob> {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [600, 600];
  const brush = canvas.getContext('2d');
  const noise = brush?.createImageData(600, 600);
  // Noise, so that the file is large and its progress is seen.
  noise?.data.forEach((_, index, data) => {
    data[index] = index % 4 === 3 ? 255 : (index * 2_654_435_761) % 251;
  });
  if (noise) brush?.putImageData(noise, 0, 0);
  return new Promise((done, failed) =>
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error('no picture'))), 'image/png'),
  );
}

async function visit(): Promise<Saw | undefined> {
  switch (remembered<number>('visits')) {
    case 1:
      await client.POST('/api/v1/cart/items', { body: { sku: FACTS.sku, quantity: 2 } });
      return;
    case 2: {
      const asGuest = await units();
      await client.signIn(FACTS.email, FACTS.password);
      remember('units', [asGuest, await units()]);
      remember('cartToken', localStorage.getItem('kontor.cart-token'));
      return;
    }
    default: {
      const frame = document.createElement('iframe');
      const inFrame = new Promise<number>((done) =>
        addEventListener('message', ({ data }) => done(data as number), { once: true }),
      );
      frame.src = '/frame';
      document.body.append(frame);
      const counts = await Promise.all([manyRequests(), inFrame]);
      await client.POST('/api/v1/cart/items', { body: { sku: FACTS.sku, quantity: 1 } });
      const progress: Saw['progress'] = [];
      const onProgress = (sent: number, total: number) => void progress.push({ sent, total });
      const { state } = await client.upload(await picture(), {
        for: 'picture',
        productId: FACTS.product,
        contentType: 'image/png',
        alt: 'Noise',
        onProgress,
      });
      const cartTokenAfterSignIn = remembered<string | null>('cartToken');
      return {
        units: [...remembered<number[]>('units'), await units()],
        cartTokenAfterSignIn,
        refreshes: counts,
        state,
        progress,
      };
    }
  }
}

if (location.pathname === '/frame') {
  parent.postMessage(await manyRequests());
} else {
  remember('visits', (remembered<number | null>('visits') ?? 0) + 1);
  const saw = await visit().catch((error: unknown) => ({ error: String(error) }));
  if (saw) await fetch('/done', { method: 'POST', body: JSON.stringify(saw) });
  else location.reload();
}
