// What live updates send. `tests/tests/architecture/live.rs` makes this file, and the compiler checks the types of the
// client against it.

import type { LiveMessage } from '../src/index.ts';

export const MESSAGES: LiveMessage[] = [
  {
    "at": "2026-11-20T10:00:00.000Z",
    "id": "evt_01M8C2C7DE86J8MMWP7W18NG0A",
    "link": "/api/v1/orders/ord_01M7W6C3800000000000000001",
    "previous": 1795168800000,
    "sequence": 1795168800001,
    "topic": "order:ord_01M7W6C3800000000000000001",
    "type": "order.paid"
  },
  {
    "at": "2026-11-20T10:00:00.000Z",
    "id": "evt_01M8C2C7DE86J8MMWP7W18NG0A",
    "link": "/api/v1/orders/ord_01M7W6C3800000000000000001",
    "previous": 1795168800000,
    "sequence": 1795168800001,
    "topic": "orders",
    "type": "order.paid"
  },
  {
    "at": "2026-11-20T10:00:00.000Z",
    "id": "evt_01M8C2C7DE86J8MMWP7W18NG0A",
    "link": "/api/v1/orders/ord_01M7W6C3800000000000000001",
    "previous": 1795168800000,
    "sequence": 1795168800001,
    "topic": "staff:orders",
    "type": "order.paid"
  },
  {
    "at": "2026-11-20T10:00:00.000Z",
    "id": "evt_01M8C2C7DE86J8MMWP7W18NG0A",
    "link": "/api/v1/orders/ord_01M7W6C3800000000000000001",
    "previous": 1795168800000,
    "sequence": 1795168800001,
    "topic": "staff:stock",
    "type": "order.paid"
  },
  {
    "at": "2026-11-20T10:00:00.000Z",
    "id": "evt_01M8C2C7DE86J8MMWP7W18NG0A",
    "link": "/api/v1/orders/ord_01M7W6C3800000000000000001",
    "previous": 1795168800000,
    "sequence": 1795168800001,
    "topic": "staff:reviews",
    "type": "order.paid"
  },
  {
    "at": "2026-11-20T10:00:00.000Z",
    "id": "evt_01M8C2C7DE86J8MMWP7W18NG0A",
    "link": "/api/v1/orders/ord_01M7W6C3800000000000000001",
    "previous": 1795168800000,
    "sequence": 1795168800001,
    "topic": "staff:returns",
    "type": "order.paid"
  },
  {
    "at": "2026-11-20T10:00:00.000Z",
    "id": "evt_01M8C2C7DE86J8MMWP7W18NG0A",
    "previous": 1795168800000,
    "sequence": 1795168800001,
    "topic": "staff:orders",
    "type": "order.paid"
  },
  {
    "at": "2026-11-20T10:00:00.000Z",
    "id": "prd_01M7W6C3800000000000000001@1.2",
    "link": "/api/v1/products/prd_01M7W6C3800000000000000001",
    "previous": 1795168800000,
    "price": {
      "amount": 1999,
      "currency": "usd"
    },
    "sequence": 1795168800001,
    "stock": "in",
    "topic": "product:prd_01M7W6C3800000000000000001",
    "type": "product.changed"
  },
  {
    "at": "2026-11-20T10:00:00.000Z",
    "id": "prd_01M7W6C3800000000000000001@1.2",
    "link": "/api/v1/products/prd_01M7W6C3800000000000000001",
    "previous": 1795168800000,
    "price": {
      "amount": 1999,
      "currency": "usd"
    },
    "sequence": 1795168800001,
    "stock": "low",
    "topic": "product:prd_01M7W6C3800000000000000001",
    "type": "product.changed"
  },
  {
    "at": "2026-11-20T10:00:00.000Z",
    "id": "prd_01M7W6C3800000000000000001@1.2",
    "link": "/api/v1/products/prd_01M7W6C3800000000000000001",
    "previous": 1795168800000,
    "price": {
      "amount": 1999,
      "currency": "usd"
    },
    "sequence": 1795168800001,
    "stock": "backorder",
    "topic": "product:prd_01M7W6C3800000000000000001",
    "type": "product.changed"
  },
  {
    "at": "2026-11-20T10:00:00.000Z",
    "id": "prd_01M7W6C3800000000000000001@1.2",
    "link": "/api/v1/products/prd_01M7W6C3800000000000000001",
    "previous": 1795168800000,
    "price": {
      "amount": 1999,
      "currency": "usd"
    },
    "sequence": 1795168800001,
    "stock": "preorder",
    "topic": "product:prd_01M7W6C3800000000000000001",
    "type": "product.changed"
  },
  {
    "at": "2026-11-20T10:00:00.000Z",
    "id": "prd_01M7W6C3800000000000000001@1.2",
    "link": "/api/v1/products/prd_01M7W6C3800000000000000001",
    "previous": 1795168800000,
    "price": {
      "amount": 1999,
      "currency": "usd"
    },
    "sequence": 1795168800001,
    "stock": "out",
    "topic": "product:prd_01M7W6C3800000000000000001",
    "type": "product.changed"
  }
];
