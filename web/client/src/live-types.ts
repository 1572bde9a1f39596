import type { KontorError } from './errors.ts';
import type { BandName, Money } from './types.ts';

/** What can be watched. `staff` stands for all feeds that this member of staff may see. */
export type LiveTopic =
  | 'orders'
  | `order:${string}`
  | `product:${string}`
  | 'staff'
  | 'staff:orders'
  | 'staff:stock'
  | 'staff:reviews'
  | 'staff:returns';

/** Something changed. It is a hint: read what `link` names if more than this is needed. */
export interface LiveMessage {
  /** The same for the same change, also in another topic. */
  id: string;
  /** Such as `order.paid`. */
  type: string;
  topic: LiveTopic;
  sequence: number;
  /** The sequence of the message before. */
  previous: number;
  at: string;
  /** The path of what changed, such as `/api/v1/orders/ord_…`. */
  link?: string;
  /** Of a product on sale: its lowest price, and its stock band. */
  price?: Money;
  stock?: BandName;
}

export interface LiveOptions {
  topics: LiveTopic[];
  /** Called once for each message of a topic, also for what was missed while there was no connection. */
  onMessage: (message: LiveMessage) => void;
  /** What happened in this topic meanwhile is not known: load again what the page shows of it. */
  onReload: (topic: LiveTopic) => void;
  /** From now on changes of these topics are told. What the page shows may be older, so load it now. */
  onWatched?: (topics: LiveTopic[]) => void;
  /** The shop refused something. Without a connection it is tried again only after what passes by itself. */
  onError?: (error: KontorError) => void;
  /** The order of a guest, whose token the client keeps. */
  orderId?: string;
  /** Milliseconds, for tests. */
  timing?: Partial<LiveTiming>;
}

export interface LiveTiming {
  /** Before the first new connection. Each further one waits twice as long, up to `longest`. */
  pause: number;
  longest: number;
  /** API Gateway ends a connection in which nobody says anything for ten minutes. */
  ping: number;
  /** How long an answer to a ping may take. */
  answer: number;
}

export interface Live {
  subscribe(...topics: LiveTopic[]): void;
  unsubscribe(...topics: LiveTopic[]): void;
  close(): void;
}

/** What is used of a WebSocket, so that one of another library is good too. */
export interface Socket {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(): void;
}

export type SocketClass = new (url: string) => Socket;
