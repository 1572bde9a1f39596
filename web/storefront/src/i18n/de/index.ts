import type { Messages } from '../index.ts';
import account from './account.ts';
import base from './base.ts';
import catalogue from './catalogue.ts';
import checkout from './checkout.ts';

const messages: Messages = { ...base, ...catalogue, ...checkout, ...account };
export default messages;
