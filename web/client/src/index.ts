export { type Client, type ClientOptions, createClient, type SignIn } from './client.ts';
export { isKontorError, KontorError } from './errors.ts';
export { formatOf } from './format.ts';
export * from './generated/choices.ts';
export type * from './generated/schema.ts';
export type { Live, LiveMessage, LiveOptions, LiveTiming, LiveTopic, Socket, SocketClass } from './live-types.ts';
export { formatMoney } from './money.ts';
export type { Repeats } from './repeat.ts';
export { type ClientStorage, memoryStorage, type Texts, usable, webStorage } from './storage.ts';
export type {
  Answer,
  ClientErrorCode,
  ErrorCode,
  ErrorCodeOf,
  Init,
  ListPath,
  Method,
  Money,
  OperationOf,
  PathOf,
  User,
} from './types.ts';
export type { UploadOptions } from './upload.ts';
