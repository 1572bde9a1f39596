import { KontorError } from './errors.ts';

export interface Repeats {
  /** How often a request is sent at most. */
  tries: number;
  /** Milliseconds that all of it may take, waiting included. */
  within: number;
}

interface Options {
  repeats: Repeats;
  /** Whether sending it again has no second effect. */
  safe: boolean;
  signal?: AbortSignal | undefined;
}

/** Carries out an attempt, and again after what passes by itself: no answer, too many requests, a busy shop. */
export async function repeat<T>(
  attempt: (signal: AbortSignal) => Promise<T>,
  { repeats, safe, signal }: Options,
): Promise<T> {
  const end = Date.now() + repeats.within;
  const deadline = AbortSignal.timeout(repeats.within);
  const either = signal ? AbortSignal.any([signal, deadline]) : deadline;
  for (let tries = 1; ; tries += 1) {
    try {
      either.throwIfAborted();
      return await attempt(either);
    } catch (error) {
      signal?.throwIfAborted();
      if (deadline.aborted)
        throw new KontorError({ code: 'timed_out', message: 'The shop did not answer in time.', cause: error });
      const pause = safe && tries < repeats.tries && passes(error) ? pauseAfter(error, tries) : Infinity;
      if (Date.now() + pause >= end) throw error;
      await sleep(pause, either);
    }
  }
}

function passes(error: unknown): error is KontorError {
  if (!(error instanceof KontorError)) return false;
  return (
    error.code === 'network_error' ||
    error.code === 'idempotency_key_in_flight' ||
    error.status === 429 ||
    error.status === 503 ||
    // What API Gateway says when it could not reach a function has no code.
    (error.code === 'unexpected_answer' && error.status >= 500)
  );
}

/** At least as long as the shop says; else longer each time. Not all clients come back at the same moment. */
function pauseAfter({ retryAfter }: KontorError, tries: number): number {
  const some = Math.random();
  return retryAfter === null ? 250 * 2 ** (tries - 1) * (0.5 + some) : retryAfter * 1000 + 250 * some;
}

/** Waits, or rejects as soon as the signal is aborted. */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await abortable(new Promise<void>((done) => (timer = setTimeout(done, milliseconds))), signal);
  } finally {
    clearTimeout(timer);
  }
}

/** What others wait for too, given up by this caller alone. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((done, failed) => {
    const stop = () => failed(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(done, failed).finally(() => signal.removeEventListener('abort', stop));
  });
}
