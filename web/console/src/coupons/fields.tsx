import type { FoundProductBody } from '@kontor/client';
import { Stack } from '@mui/material';
import { AutocompleteArrayInput, BooleanInput, NumberInput, ReferenceArrayInput } from 'react-admin';

import { CategoriesInput } from '../products/category-input.tsx';
import { MomentInput } from '../ui/moment-input.tsx';
import { MoneyInput } from '../ui/money.tsx';

const beside = { direction: { xs: 'column', md: 'row' }, spacing: 1, sx: { width: '100%' } } as const;

/** The fields of a coupon: a percentage, or an amount. */
export function CouponFields() {
  return (
    <>
      <Stack {...beside}>
        <NumberInput source="percent" label="Percent off" min={1} max={100} />
        <MoneyInput source="amount" label="Or an amount off" />
      </Stack>
      <Stack {...beside}>
        <MoneyInput source="minimumOrder" label="Smallest order" />
        <MoneyInput source="maximumDiscount" label="Largest discount" />
      </Stack>
      <Stack {...beside}>
        <MomentInput source="startsAt" label="Starts" />
        <MomentInput source="endsAt" label="Ends" />
      </Stack>
      <Stack {...beside}>
        <NumberInput source="totalUses" label="Uses in all" min={1} />
        <NumberInput source="usesPerCustomer" label="Uses of a customer" min={1} />
      </Stack>
      <CategoriesInput source="categoryIds" label="Only these categories" />
      <ReferenceArrayInput source="productIds" reference="products">
        <AutocompleteArrayInput
          label="Only these products"
          optionText={(product?: FoundProductBody) => product?.name ?? ''}
        />
      </ReferenceArrayInput>
      <BooleanInput source="active" label="It can be used" />
    </>
  );
}
