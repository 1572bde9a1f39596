import type { ParamsOption, RequestBodyOption } from 'openapi-fetch';

import type { MoneyBody, operations, ProductCardBody, paths, UserBody } from './generated/schema.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The paths that have this method. */
export type PathOf<M extends Method> = {
  [Path in keyof paths]: paths[Path] extends { [method in Lowercase<M>]: { responses: unknown } } ? Path : never;
}[keyof paths];

export type OperationOf<M extends Method, Path extends keyof paths> = paths[Path][Lowercase<M>];

/** What is sent: parameters and body as the description of the API has them. */
export type Init<Operation> = ParamsOption<Operation> &
  RequestBodyOption<Operation> & {
    signal?: AbortSignal;
    /** The browser sends it to its end, even if the page is left. */
    keepalive?: boolean;
  };

/** Nothing needs to be given if nothing is required. */
// biome-ignore lint/complexity/noBannedTypes: the type that every object without required fields is.
export type InitArgument<Operation> = {} extends Init<Operation> ? [init?: Init<Operation>] : [init: Init<Operation>];

type Json<Answer> = Answer extends { content: { 'application/json': infer Body } } ? Body : never;
type Answers<Operation> = Operation extends { responses: infer Responses } ? Responses : never;
type Success = 200 | 201 | 202;

/** The body of an answer: `data`, `message`, for lists `pagination`, and the answer with its headers. */
export type Answer<Operation> = Json<Answers<Operation>[Extract<keyof Answers<Operation>, Success>]> & {
  response: Response;
};

/** The paths that answer in pages. */
export type ListPath = {
  [Path in PathOf<'GET'>]: Answer<OperationOf<'GET', Path>> extends { pagination: { nextCursor: string | null } }
    ? Path
    : never;
}[PathOf<'GET'>];

export type EntryOf<Path extends ListPath> =
  Answer<OperationOf<'GET', Path>> extends { data: (infer Entry)[] } ? Entry : never;

type Problems<Operation> = Json<Answers<Operation>[Exclude<keyof Answers<Operation>, Success>]>;

/** The codes with which an operation can be refused, by its name: `ErrorCodeOf<'createOrder'>`. */
export type ErrorCodeOf<Name extends keyof operations> = Name extends unknown
  ? Problems<operations[Name]> extends { code: infer Code extends string }
    ? Code
    : never
  : never;

/** What the client itself finds. `unexpected_answer` is an answer without a code, such as one of API Gateway. */
export type ClientErrorCode = 'network_error' | 'timed_out' | 'unexpected_answer' | 'file_too_large' | 'upload_failed';

/** Every code that an error can have. */
export type ErrorCode = ErrorCodeOf<keyof operations> | ClientErrorCode;

export type Money = MoneyBody;
export type BandName = ProductCardBody['stock'];
export type User = UserBody;
