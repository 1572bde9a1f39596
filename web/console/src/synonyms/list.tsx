import { DataTable, type RaRecord, SearchInput } from 'react-admin';
import { useMay } from '../session/auth.ts';
import { ListPage } from '../ui/list-page.tsx';
import { NameCol, Rows } from '../ui/rows.tsx';
import { Time } from '../ui/time.tsx';

export default function SynonymList() {
  const mayChange = useMay('products:write');
  return (
    <ListPage filters={[<SearchInput key="q" source="q" alwaysOn />]}>
      <Rows open={mayChange ? 'edit' : false} first={terms} second={(one) => (one['input'] ? 'One way' : 'Both ways')}>
        <NameCol source="terms" render={terms} />
        <DataTable.Col source="input" label="Ways" render={(one) => (one['input'] ? 'One way' : 'Both ways')} />
        <DataTable.Col source="updatedAt" label="Changed" render={(one) => <Time of={one['updatedAt']} />} />
      </Rows>
    </ListPage>
  );
}

const terms = ({ input, terms: all }: RaRecord) => (input ? `${input} → ${all.join(', ')}` : all.join(' = '));
