import type { Messages } from '../index.ts';
import account from './account.ts';
import base from './base.ts';
import catalogue from './catalogue.ts';
import checkout from './checkout.ts';
import errors from './errors.ts';
import orders from './orders.ts';

const messages: Messages = { ...base, ...catalogue, ...checkout, ...orders, ...account, ...errors };
export default messages;
