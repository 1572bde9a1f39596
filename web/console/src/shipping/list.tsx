import { BooleanField, DataTable, type RaRecord } from 'react-admin';
import { useMay } from '../session/auth.ts';
import { ListPage } from '../ui/list-page.tsx';
import { NameCol, Rows } from '../ui/rows.tsx';
import { countryName } from '../ui/words.ts';

export default function ShippingList() {
  const mayChange = useMay('shipping:write');
  return (
    <ListPage sort={{ field: 'position', order: 'ASC' }} perPage={25} pagination={false} title="Shipping methods">
      <Rows open={mayChange ? 'edit' : false} first={(method) => method['name']} second={zones}>
        <DataTable.Col source="position" align="right" />
        <NameCol source="name" />
        <DataTable.Col source="carrier" />
        <DataTable.Col source="zones" disableSort render={zones} />
        <DataTable.Col source="estimate" disableSort render={estimate} />
        <DataTable.Col source="pickup" label="Collected" field={BooleanField} />
        <DataTable.Col source="active" label="Offered" field={BooleanField} />
      </Rows>
    </ListPage>
  );
}

const zones = ({ zones: all }: RaRecord) =>
  all
    .map(({ countries }: { countries: string[] }) => countries.map(countryName).join(', ') || 'everywhere else')
    .join(' · ');

const estimate = ({ estimate: days }: RaRecord) => (days ? `${days.minDays} to ${days.maxDays} days` : '–');
