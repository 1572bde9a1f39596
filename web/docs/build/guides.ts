// What is published: the guides in the order of the navigation, and files that they link to.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../../..');
export const BASE = '/api/docs/';

export type Guide = { name: string; file: string; title: string; about: string };

const doc = (name: string, title: string, about: string): Guide => ({ name, file: `docs/${name}.md`, title, about });

export const groups: { title: string; guides: Guide[] }[] = [
  {
    title: 'Build on the API',
    guides: [
      doc(
        'frontend',
        'Frontend guide',
        'Everything a storefront does with the API: sign-in, products, carts, payment.',
      ),
      {
        name: 'client',
        file: 'web/client/README.md',
        title: 'TypeScript client',
        about: 'Typed calls and errors, sessions, safe repeats, carts of guests, uploads, live updates.',
      },
      doc('errors', 'Error codes', 'Every code, its status, and what to do about it.'),
      doc('webhooks', 'Webhooks', 'The shop tells your servers what happened: signatures, repeats, the log.'),
      doc('events', 'Events', 'What happened in the shop, on an event bus, for functions of your own.'),
    ],
  },
  {
    title: 'What the shop does',
    guides: [
      doc('checkout', 'Checkout', 'Carts, coupons, orders, payments and refunds: the rules, and how they are tested.'),
      doc('returns', 'Returns', 'Goods that buyers send back, and the money that goes back for them.'),
      doc('documents', 'Documents', 'Invoices and credit notes with numbers without gaps, and e-invoices.'),
    ],
  },
  {
    title: 'The pages',
    guides: [
      {
        name: 'storefront',
        file: 'web/storefront/README.md',
        title: 'Storefront',
        about: 'The pages that customers see, and how to make them yours.',
      },
      { name: 'console', file: 'web/console/README.md', title: 'Console', about: 'The pages that staff work with.' },
    ],
  },
  {
    title: 'Run a shop',
    guides: [
      doc('operations', 'Operations', 'Deploy, set up Stripe, parameters, keys, alarms, updates.'),
      doc('moving', 'Moving', 'From another shop to this one: products, customers, orders.'),
      doc('costs', 'Costs', 'What requests, orders and storage cost on AWS.'),
      doc('security', 'Security', 'Threats, promises, and the tests that show them.'),
    ],
  },
  {
    title: 'How it is built',
    guides: [
      doc('architecture', 'Architecture', 'Functions, table, queues, and the way of one request and one order.'),
      {
        name: 'store',
        file: 'lib/store/README.md',
        title: 'The table',
        about: 'Every item of the table, its keys and its indexes.',
      },
      doc('decisions', 'Decisions', 'What was decided, why, and what it costs.'),
      doc('glossary', 'Glossary', 'The words of the shop, of the code and of the tests.'),
    ],
  },
];

export const guides = groups.flatMap((group) => group.guides);

/** Files that are published as they are, each with its path below BASE. */
export const files = new Map([
  ['infra/kontor.postman_collection.json', 'kontor.postman_collection.json'],
  ...readdirSync(join(ROOT, 'docs/events')).map((name) => [`docs/events/${name}`, `guides/events/${name}`] as const),
]);

export function source(guide: Guide): string {
  return readFileSync(join(ROOT, guide.file), 'utf8');
}
