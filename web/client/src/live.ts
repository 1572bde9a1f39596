import type { Client } from './client.ts';
import { isKontorError, KontorError } from './errors.ts';
import type { Live, LiveMessage, LiveOptions, LiveTiming, LiveTopic, Socket, SocketClass } from './live-types.ts';

interface Subscribed {
  type: 'subscribed';
  topics: { topic: LiveTopic; sequence: number; missed: LiveMessage[]; reload: boolean }[];
}

interface Refused {
  type: 'error';
  code: string;
  message: string;
}

type Heard = Subscribed | Refused | { type?: never } | { type: 'pong' } | { type: 'unsubscribed' } | LiveMessage;

const TIMING: LiveTiming = { pause: 500, longest: 30_000, ping: 540_000, answer: 20_000 };
/** After these, nothing comes any more. The next ticket says whether the session is over. */
const ENDED = ['connection_ended', 'session_ended', 'account_banned'];
/** How many messages are remembered, because one can come twice. */
const REMEMBERED = 500;

export function watching(client: Client, Socket: SocketClass | undefined, options: LiveOptions): Live {
  if (!Socket) throw new TypeError('There is no WebSocket here. Give one to createClient.');
  const timing = { ...TIMING, ...options.timing };
  const wanted = new Set<LiveTopic>(options.topics);
  const sequences = new Map<LiveTopic, number>();
  const seen = new Set<string>();
  let socket: Socket | null = null;
  let failures = 0;
  /** Which connection it is: another one, or none, was wanted since, if it is not this any more. */
  let turn = 0;
  let closed = false;
  let again: ReturnType<typeof setTimeout> | undefined;
  let ping: ReturnType<typeof setInterval> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;

  async function connect(): Promise<void> {
    const mine = turn;
    let place: { url: string; ticket: string };
    try {
      const body = options.orderId === undefined ? {} : { orderId: options.orderId };
      place = (await client.POST('/api/v1/live/tickets', { body })).data;
    } catch (error) {
      if (mine === turn) failed(error);
      return;
    }
    if (mine !== turn) return;
    const opened = new Socket!(`${place.url}?ticket=${encodeURIComponent(place.ticket)}`);
    socket = opened;
    opened.onopen = () => {
      ping = setInterval(askForAnswer, timing.ping);
      watch([...wanted]);
    };
    opened.onmessage = ({ data }: { data: unknown }) => {
      clearTimeout(silence);
      if (socket === opened) hear(JSON.parse(String(data)) as Heard);
    };
    // An error is followed by the end.
    opened.onerror = () => {};
    opened.onclose = () => {
      if (socket === opened) lost();
    };
  }

  /** Only what passes by itself is tried again: no answer, a busy shop, too many connections or requests. */
  function failed(error: unknown): void {
    const passes = !(error instanceof KontorError) || error.status === 0 || error.status >= 429 || error.status === 409;
    if (error instanceof KontorError && !isKontorError(error, 'network_error', 'timed_out')) options.onError?.(error);
    if (passes) later();
    else close();
  }

  function lost(): void {
    stop();
    later();
  }

  /** The network is there again. Nobody tells whether a connection outlived that, so it is made anew. */
  function online(): void {
    failures = 0;
    lost();
  }

  function later(): void {
    if (closed) return;
    const pause = Math.min(timing.pause * 2 ** failures, timing.longest);
    failures += 1;
    // Not all clients come back at the same moment.
    again = setTimeout(() => void connect(), pause * (0.5 + Math.random()));
  }

  function stop(): void {
    turn += 1;
    clearInterval(ping);
    clearTimeout(silence);
    clearTimeout(again);
    const old = socket;
    socket = null;
    old?.close();
  }

  function askForAnswer(): void {
    say({ action: 'ping' });
    clearTimeout(silence);
    // Nobody tells a client that its network is gone.
    silence = setTimeout(lost, timing.answer);
  }

  function say(message: object): void {
    socket?.send(JSON.stringify(message));
  }

  /** Of what is asked for together, all is refused if one of it is. So only what everybody may watch is. */
  function watch(topics: LiveTopic[]): void {
    const isPublic = (topic: LiveTopic) => topic.startsWith('product:');
    const groups = [topics.filter(isPublic), ...topics.filter((topic) => !isPublic(topic)).map((topic) => [topic])];
    for (const group of groups) if (group.length > 0) ask(group);
  }

  function ask(topics: LiveTopic[]): void {
    const covered = (topic: LiveTopic) =>
      topics.includes(topic) || (topics.includes('staff') && topic.startsWith('staff:'));
    const since = Object.fromEntries([...sequences].filter(([topic]) => covered(topic)));
    say({ action: 'subscribe', topics, ...(Object.keys(since).length > 0 && { since }) });
  }

  function hear(heard: Heard): void {
    // API Gateway itself could not hand on what was said.
    if (heard.type === undefined) {
      lost();
      return;
    }
    if (heard.type === 'error') {
      const { code, message } = heard as Refused;
      options.onError?.(new KontorError({ code: code as KontorError['code'], message }));
      if (ENDED.includes(code)) lost();
    } else if (heard.type === 'subscribed') {
      failures = 0;
      for (const { topic, sequence, missed, reload } of (heard as Subscribed).topics) {
        for (const message of missed) tell(message);
        sequences.set(topic, sequence);
        if (reload) options.onReload(topic);
      }
      options.onWatched?.((heard as Subscribed).topics.map(({ topic }) => topic));
    } else if (heard.type !== 'pong' && heard.type !== 'unsubscribed') {
      receive(heard as LiveMessage);
    }
  }

  function receive(message: LiveMessage): void {
    const known = sequences.get(message.topic);
    tell(message);
    if (known === undefined) return;
    // One before it did not come: what was missed comes with the answer, and this one is known then.
    if (message.previous > known) watch([message.topic]);
    else sequences.set(message.topic, Math.max(known, message.sequence));
  }

  function tell(message: LiveMessage): void {
    const name = `${message.topic} ${message.id}`;
    if (seen.has(name)) return;
    seen.add(name);
    if (seen.size > REMEMBERED) seen.delete(seen.values().next().value as string);
    options.onMessage(message);
  }

  function close(): void {
    closed = true;
    stop();
    globalThis.removeEventListener?.('online', online);
  }

  // Only browsers tell it.
  globalThis.addEventListener?.('online', online);
  void connect();
  return {
    subscribe: (...topics) => {
      const more = topics.filter((topic) => !wanted.has(topic));
      for (const topic of more) wanted.add(topic);
      watch(more);
    },
    unsubscribe: (...topics) => {
      for (const topic of topics) {
        wanted.delete(topic);
        for (const known of [...sequences.keys()])
          if (known === topic || (topic === 'staff' && known.startsWith('staff:'))) sequences.delete(known);
      }
      say({ action: 'unsubscribe', topics });
    },
    close,
  };
}
