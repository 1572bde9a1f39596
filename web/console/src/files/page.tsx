import { AccessDenied, Title } from 'react-admin';

import { useMay } from '../session/auth.ts';
import { Columns } from '../ui/page.tsx';
import { Exports } from './exports.tsx';
import { Import } from './import.tsx';

/** CSV files in and out. */
export default function FilesPage() {
  if (!useMay('products:write')) return <AccessDenied />;
  return (
    <>
      <Title title="Import and export" />
      <Columns
        wide={
          <>
            <Import of="products" title="Import products" />
            <Import of="stock" title="Import stock" />
          </>
        }
      >
        <Exports />
      </Columns>
    </>
  );
}
