// The deployed local cloud: what journeys need beside the client itself. `make test` gives its address.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';

import { type Client, createClient } from '../src/index.ts';

export const variable = (name: string) => process.env[name] ?? assert.fail(`${name} is not set: run make test`);
export const api = variable('KONTOR_API');
const cloud = variable('KONTOR_CLOUD');
export const PASSWORD = 'correct horse battery staple';
// So that it can run again on the same cloud.
export const RUN = process.pid;
export const STAFF = `client.staff.${RUN}@example.com`;

/** Asks until there is an answer, because stream, queue and webhook bring it later. */
export async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const found = await ask();
    if (found !== undefined) return found;
    await new Promise((done) => setTimeout(done, 50));
  }
  return assert.fail('this did not happen in time');
}

interface Mailbox {
  messages: Record<string, { To: string[]; Subject: string; BodyText: string }[]>;
}

async function linkInMail(email: string, subject: string): Promise<URL> {
  return await until(async () => {
    const { messages } = (await (await fetch(`${cloud}/_ministack/ses/messages`)).json()) as Mailbox;
    const mail = Object.values(messages)
      .flat()
      .findLast(({ To, Subject }) => To[0]?.includes(email) && Subject.includes(subject));
    const link = mail?.BodyText.match(/https?:\S+token=\S+/)?.[0];
    return link === undefined ? undefined : new URL(link);
  });
}

async function register(client: Client, email: string): Promise<void> {
  await client.POST('/api/v1/auth/register', { body: { email, password: PASSWORD, name: 'Ada Lovelace' } });
  const token = (await linkInMail(email, 'Please confirm your address')).searchParams.get('token') ?? '';
  await client.POST('/api/v1/auth/email/verify', { body: { token } });
}

export async function staff(): Promise<Client> {
  const client = createClient({ baseUrl: api });
  await register(client, STAFF);
  execFileSync(variable('KONTOR_COMMAND'), ['make-admin', STAFF], { stdio: 'ignore' });
  return client;
}
