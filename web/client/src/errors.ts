import type { ErrorCode } from './types.ts';

/** What an error is made of. */
interface Facts<Code extends ErrorCode> {
  code: Code;
  message: string;
  status?: number;
  details?: Readonly<Record<string, string>>;
  requestId?: string | null;
  retryAfter?: number | null;
  body?: unknown;
  cause?: unknown;
}

/** Every error of the shop, and what the client itself finds. `code` is for programs, `message` for people. */
export class KontorError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'KontorError';
  readonly code: Code;
  /** The HTTP status, or 0 if there was no answer. */
  readonly status: number;
  /** The fields that were refused, with the reason: the end of a sentence that begins with the field. */
  readonly details: Readonly<Record<string, string>>;
  /** The id of the request in the shop's logs. */
  readonly requestId: string | null;
  /** Seconds to wait before it is tried again, if the shop said so. */
  readonly retryAfter: number | null;
  /** The whole body of the answer. */
  readonly body: unknown;

  constructor(facts: Facts<Code>) {
    super(facts.message, { cause: facts.cause });
    this.code = facts.code;
    this.status = facts.status ?? 0;
    this.details = facts.details ?? {};
    this.requestId = facts.requestId ?? null;
    this.retryAfter = facts.retryAfter ?? null;
    this.body = facts.body;
  }
}

/** Whether something that was thrown is an error of the shop, and, if codes are given, has one of them. */
export function isKontorError<Code extends ErrorCode = ErrorCode>(
  error: unknown,
  ...codes: Code[]
): error is KontorError<Code> {
  return error instanceof KontorError && (codes.length === 0 || (codes as ErrorCode[]).includes(error.code));
}

/** The error that an answer is. API Gateway's own answers have no code, and those of proxies may be of any form. */
export function errorOf(response: Response, body: unknown): KontorError {
  const { code, message, details, requestId } = (typeof body === 'object' && body !== null ? body : {}) as Partial<{
    code: ErrorCode;
    message: string;
    details: { field: string; message: string }[];
    requestId: string;
  }>;
  const retryAfter = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
  return new KontorError({
    code: code ?? 'unexpected_answer',
    message: message ?? `The answer had the status ${response.status}.`,
    status: response.status,
    details: Object.fromEntries((details ?? []).map((detail) => [detail.field, detail.message])),
    requestId: requestId ?? response.headers.get('X-Request-Id'),
    retryAfter: Number.isNaN(retryAfter) ? null : retryAfter,
    body,
  });
}
