import type { OrderSummaryBody } from '@kontor/client';
import { Stack } from '@mui/material';
import {
  BooleanInput,
  DataTable,
  DateInput,
  SearchInput,
  type SearchInputProps,
  SelectArrayInput,
  SelectInput,
  TextInput,
} from 'react-admin';
import { useNavigate } from 'react-router';
import { orderIdIn } from '../data/filters.ts';
import { ListPage } from '../ui/list-page.tsx';

import { Amount, MoneyField } from '../ui/money.tsx';
import { Long } from '../ui/page.tsx';
import { type ColumnOf, NameCol, Rows } from '../ui/rows.tsx';
import { Status, StatusField } from '../ui/status.tsx';
import { Time } from '../ui/time.tsx';
import { choices } from '../ui/words.ts';
import { BulkActions } from './bulk.tsx';
import { Queues } from './queues.tsx';
import { KeptQueue } from './use-queue.ts';

const STATUSES = ['pending', 'paid', 'processing', 'shipped', 'delivered', 'cancelled', 'expired', 'refunded'];
const PAYMENT_STATUSES = ['unpaid', 'processing', 'failed', 'paid', 'partially_refunded', 'refunded', 'charged_back'];
const METHODS = ['payment_intent', 'checkout_session', 'cash_on_delivery', 'free', 'elsewhere'];

// The API takes several statuses with commas between them.
const split = (value?: string) => (value ? value.split(',') : []);
const join = (values: unknown) => (Array.isArray(values) ? values.join(',') : '');

const filters = [
  <OrderSearch key="q" source="q" alwaysOn />,
  <SelectArrayInput key="status" source="status" choices={choices(STATUSES)} format={split} parse={join} />,
  // The page of a stock level leads here with it, and it goes together with an address.
  <TextInput key="sku" source="sku" label="SKU" />,
  <SelectInput key="paymentStatus" source="paymentStatus" choices={choices(PAYMENT_STATUSES)} />,
  <SelectInput key="paymentMethod" source="paymentMethod" choices={choices(METHODS)} />,
  <DateInput key="from" source="from" />,
  <DateInput key="to" source="to" />,
  <BooleanInput key="toSend" source="toSend" label="To send" defaultValue={true} />,
  <BooleanInput key="disputed" source="disputed" defaultValue={true} />,
  <BooleanInput key="refundFailed" source="refundFailed" defaultValue={true} />,
];

const Column: ColumnOf<OrderSummaryBody> = DataTable.Col;

export default function OrderList() {
  return (
    <ListPage filters={filters} sort={{ field: 'createdAt', order: 'DESC' }} perPage={25}>
      <Queues />
      <KeptQueue />
      <Rows<OrderSummaryBody>
        first={(order) => <Line left={order.number} right={<Amount of={order.total} />} />}
        second={(order) => <Line left={order.email} right={<Status value={order.status} />} />}
        bulk={<BulkActions />}
      >
        <NameCol<OrderSummaryBody> source="number" disableSort render={number} />
        <Column source="createdAt" label="Placed" render={placed} />
        <Column source="email" disableSort render={(order) => <Long>{order.email}</Long>} />
        <Column source="units" disableSort align="right" />
        <Column source="status" disableSort render={statuses} />
        <Column source="paymentStatus" label="Payment" disableSort field={StatusField} />
        <Column source="total" disableSort align="right" field={MoneyField} />
      </Rows>
    </ListPage>
  );
}

/** Whoever has the id of an order opens it. */
function OrderSearch(props: SearchInputProps) {
  const navigate = useNavigate();
  function open(words: string) {
    const id = orderIdIn(words);
    if (id) navigate(`/orders/${id}/show`);
    return id ? '' : words;
  }
  return (
    <SearchInput {...props} placeholder="Number, name, product, place …" parse={open} sx={{ minWidth: { sm: 360 } }} />
  );
}

const number = (order: OrderSummaryBody) => <span style={{ whiteSpace: 'nowrap' }}>{order.number}</span>;

/** What became of the parcels is in the status, unless it is only a part of them. */
function statuses({ status, fulfillmentStatus }: OrderSummaryBody) {
  const isPart = fulfillmentStatus.startsWith('partially');
  return (
    <>
      <Status value={status} /> {isPart && <Status value={fulfillmentStatus} />}
    </>
  );
}

const placed = (order: OrderSummaryBody) => <Time of={order.createdAt} />;

function Line({ left, right }: { left: string; right: React.ReactNode }) {
  return (
    <Stack component="span" direction="row" sx={{ justifyContent: 'space-between', gap: 1 }}>
      <span>{left}</span>
      {right}
    </Stack>
  );
}
