import type { ShippingMethodBody } from '@kontor/client';
import { BooleanField, DataTable } from 'react-admin';
import { useMay } from '../session/auth.ts';
import { ListPage } from '../ui/list-page.tsx';
import { type ColumnOf, NameCol, Rows } from '../ui/rows.tsx';
import { countryName } from '../ui/words.ts';

const Column: ColumnOf<ShippingMethodBody> = DataTable.Col;

export default function ShippingList() {
  const mayChange = useMay('shipping:write');
  return (
    <ListPage sort={{ field: 'position', order: 'ASC' }} perPage={25} pagination={false} title="Shipping methods">
      <Rows<ShippingMethodBody> open={mayChange ? 'edit' : false} first={(method) => method.name} second={zones}>
        <Column source="position" align="right" />
        <NameCol<ShippingMethodBody> source="name" />
        <Column source="carrier" />
        <Column source="zones" disableSort render={zones} />
        <Column source="estimate" disableSort render={estimate} />
        <Column source="pickup" label="Collected" field={BooleanField} />
        <Column source="active" label="Offered" field={BooleanField} />
      </Rows>
    </ListPage>
  );
}

const zones = ({ zones: all }: ShippingMethodBody) =>
  all.map(({ countries }) => countries.map(countryName).join(', ') || 'everywhere else').join(' · ');

const estimate = ({ estimate: days }: ShippingMethodBody) => (days ? `${days.minDays} to ${days.maxDays} days` : '–');
