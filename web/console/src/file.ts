import type { KontorError, paths } from '@kontor/client';

import { kontor } from './shop.ts';

/** The paths that answer a file in place of JSON. */
type FilePath = Extract<
  keyof paths,
  '/api/v1/admin/orders/{id}/packing-slip' | '/api/v1/admin/orders/packing-slips' | '/api/v1/admin/dashboard/export'
>;

type GetFile = (path: FilePath, init: object) => Promise<Blob | KontorError>;

/** A file that the shop makes, such as a packing slip. */
export async function getFile(path: FilePath, params: object): Promise<Blob> {
  // The client hands on how the answer is to be read.
  return (await (kontor.GET as unknown as GetFile)(path, { params, parseAs: 'blob' })) as Blob;
}

/** Keeps a file under a name. A tab for it could be blocked, because it would be opened after the click. */
export function saveFile(file: Blob, name: string) {
  const url = URL.createObjectURL(file);
  saveLink(url, name);
  // The browser has read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Keeps the file of a link. Links of the shop answer it with its name, and so leave the page where it is. */
export function saveLink(url: string, name = '') {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
