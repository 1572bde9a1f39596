import type { Client } from './client.ts';
import { KontorError } from './errors.ts';
import type {
  PictureUploadInput,
  ReviewPictureInput,
  UploadBody,
  UploadFormBody,
  UploadInput,
} from './generated/schema.ts';
import { type Repeats, repeat, sleep } from './repeat.ts';

/** What the file is for: something of the shop, a review, or a return. */
type Purpose =
  | UploadInput
  | (ReviewPictureInput & { reviewId: string })
  | (PictureUploadInput & { orderId: string; returnId: string });

export type UploadOptions = Purpose & {
  /** Called with the bytes that were sent so far, and with all. Outside of browsers only at the end. */
  onProgress?: Progress;
  /** Called each time when it was looked how far the shop is, such as with the parts of a CSV file that are done. */
  onWork?: (upload: UploadBody) => void;
  signal?: AbortSignal;
  /** Milliseconds to send the file, and again to wait for the result: five minutes if it is not given. */
  within?: number;
};

type Progress = (sent: number, total: number) => void;
type Post = (request: Request) => Promise<Response>;

export async function uploading(
  client: Client,
  post: Post,
  repeats: Repeats,
  file: Blob,
  options: UploadOptions,
): Promise<UploadBody> {
  const { onProgress = () => {}, onWork = () => {}, signal, within = 300_000, ...purpose } = options;
  const { begin, look } = routesOf(client, purpose);
  const { data: form } = await begin(signal && { signal });
  if (file.size > form.maxBytes) {
    throw new KontorError({ code: 'file_too_large', message: `The file must have at most ${form.maxBytes} bytes.` });
  }
  // A form leads to one object, however often it is sent. A large file may take as long as it takes.
  const sending = { repeats: { ...repeats, within }, safe: true, signal };
  await repeat((either) => sendForm(post, form, file, onProgress, either), sending);
  onProgress(file.size, file.size);
  return await repeat((either) => result(() => look(form.id, either), onWork, either), {
    repeats: { tries: 1, within },
    safe: false,
    signal,
  });
}

async function sendForm(
  post: Post,
  { url, fields }: UploadFormBody,
  file: Blob,
  onProgress: Progress,
  signal: AbortSignal,
) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', file);
  try {
    const inBrowser = typeof XMLHttpRequest !== 'undefined';
    const { status, text } = await (inBrowser
      ? withProgress(url, form, signal, onProgress)
      : withFetch(post, url, form, signal));
    if (status < 300) return;
    const code = status < 500 ? 'upload_failed' : 'unexpected_answer';
    throw new KontorError({ code, message: 'The file was not stored.', status, body: text });
  } catch (error) {
    if (signal.aborted || error instanceof KontorError) throw error;
    throw new KontorError({ code: 'network_error', message: 'The file could not be sent.', cause: error });
  }
}

async function withFetch(post: Post, url: string, body: FormData, signal: AbortSignal) {
  const response = await post(new Request(url, { method: 'POST', body, signal }));
  return { status: response.status, text: await response.text() };
}

/** Only this way of browsers tells how much was sent. */
function withProgress(url: string, body: FormData, signal: AbortSignal, onProgress: Progress) {
  return new Promise<{ status: number; text: string }>((done, failed) => {
    const xhr = new XMLHttpRequest();
    const stop = () => xhr.abort();
    xhr.open('POST', url);
    xhr.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total);
    xhr.onload = () => done({ status: xhr.status, text: xhr.responseText });
    xhr.onerror = xhr.onabort = () => failed(new TypeError('The request failed.'));
    xhr.onloadend = () => signal.removeEventListener('abort', stop);
    signal.addEventListener('abort', stop);
    xhr.send(body);
  });
}

/** Asks until the shop has worked the file off, less often each time. */
async function result(
  look: () => Promise<{ data: UploadBody }>,
  onWork: (upload: UploadBody) => void,
  signal: AbortSignal,
): Promise<UploadBody> {
  for (let pause = 250; ; pause = Math.min(pause * 1.5, 3_000)) {
    const { data } = await look();
    onWork(data);
    if (data.state !== 'waiting' && data.state !== 'running') return data;
    await sleep(pause, signal);
  }
}

interface Routes {
  /** Gets the form that the file is sent with. */
  begin(init?: { signal: AbortSignal }): Promise<{ data: UploadFormBody }>;
  look(upload: string, signal: AbortSignal): Promise<{ data: UploadBody }>;
}

function routesOf(client: Client, purpose: Purpose): Routes {
  if ('reviewId' in purpose) {
    const { reviewId: id, ...body } = purpose;
    const path = '/api/v1/reviews/{id}/images/uploads';
    return {
      begin: (init) => client.POST(path, { params: { path: { id } }, body, ...init }),
      look: (upload, signal) => client.GET(`${path}/{upload}`, { params: { path: { id, upload } }, signal }),
    };
  }
  if ('returnId' in purpose) {
    const { orderId: id, returnId, ...body } = purpose;
    const path = '/api/v1/orders/{id}/returns/{return}/images/uploads';
    return {
      begin: (init) => client.POST(path, { params: { path: { id, return: returnId } }, body, ...init }),
      look: (upload, signal) =>
        client.GET(`${path}/{upload}`, { params: { path: { id, return: returnId, upload } }, signal }),
    };
  }
  const path = '/api/v1/uploads';
  return {
    begin: (init) => client.POST(path, { body: purpose, ...init }),
    look: (id, signal) => client.GET(`${path}/{id}`, { params: { path: { id } }, signal }),
  };
}
