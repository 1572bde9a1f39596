import type { Messages } from '../index.ts';
import account from './account.ts';
import base from './base.ts';
import catalogue from './catalogue.ts';
import checkout from './checkout.ts';
import errors from './errors.ts';

const messages: Messages = { ...base, ...catalogue, ...checkout, ...account, ...errors };
export default messages;
