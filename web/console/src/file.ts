import type { KontorError } from '@kontor/client';

import { kontor } from './shop.ts';

/** The paths that answer a file in place of JSON. */
type FilePath = '/api/v1/admin/orders/{id}/packing-slip' | '/api/v1/admin/dashboard/export';

type GetFile = (path: FilePath, init: object) => Promise<Blob | KontorError>;

/** A file that the shop makes, such as a packing slip. */
export async function getFile(path: FilePath, params: object): Promise<Blob> {
  // The client hands on how the answer is to be read.
  return (await (kontor.GET as unknown as GetFile)(path, { params, parseAs: 'blob' })) as Blob;
}

/** Opens a file in a tab of its own, from where it can be printed or kept. */
export function openFile(file: Blob, name?: string) {
  const url = URL.createObjectURL(file);
  openLink(url, name);
  // The tab has read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Follows a link in a tab of its own, or keeps the file under a name. */
export function openLink(url: string, name?: string) {
  const link = document.createElement('a');
  link.href = url;
  if (name) link.download = name;
  else link.target = '_blank';
  link.rel = 'noopener';
  link.click();
}
