import type { VariantBody } from '@kontor/client';
import AddIcon from '@mui/icons-material/Add';
import DeleteIcon from '@mui/icons-material/Delete';
import { Button, IconButton, Table, TableBody, TableCell, TableContainer, TableHead, TableRow } from '@mui/material';
import { NumberInput, required, TextInput } from 'react-admin';
import { useFieldArray, useWatch } from 'react-hook-form';
import { Link } from 'react-router';

import { MoneyInput } from '../ui/money.tsx';
import { optionKey } from './input.ts';

/** All variants in one grid. A product without options has one. */
export function Variants() {
  const { fields, append, remove } = useFieldArray({ name: 'variants', keyName: 'key' });
  const variants = (useWatch({ name: 'variants' }) ?? []) as Partial<VariantBody>[];
  const options = (useWatch({ name: 'options' }) ?? []) as string[];
  const canAdd = options.length > 0 || fields.length === 0;
  return (
    <>
      <TableContainer>
        <Table
          size="small"
          sx={{
            '& td, & th': { px: 0.5, verticalAlign: 'top' },
            '& .MuiTextField-root': { minWidth: 136 },
            '& td.text': { pt: 3 },
            '& td.icon': { pt: 1.75 },
          }}
        >
          <TableHead>
            <TableRow>
              {options.map((option) => (
                <TableCell key={option}>{option}</TableCell>
              ))}
              <TableCell>SKU</TableCell>
              <TableCell>Price</TableCell>
              <TableCell>Price before</TableCell>
              <TableCell>Grams</TableCell>
              <TableCell>Stock</TableCell>
              <TableCell>Remove</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {fields.map(({ key }, index) => {
              const at = `variants.${index}`;
              const { id, sku, inventory } = variants[index] ?? {};
              return (
                <TableRow key={key}>
                  {options.map((option) => (
                    <TableCell key={option}>
                      <TextInput
                        source={`${at}.options.${optionKey(option)}`}
                        label={false}
                        slotProps={labelled(option)}
                        validate={required()}
                        helperText={false}
                      />
                    </TableCell>
                  ))}
                  <TableCell>
                    <TextInput
                      source={`${at}.sku`}
                      label={false}
                      slotProps={labelled('SKU')}
                      validate={required()}
                      helperText={false}
                    />
                  </TableCell>
                  <TableCell>
                    <MoneyInput source={`${at}.price`} label={false} aria-label="Price" validate={required()} />
                  </TableCell>
                  <TableCell>
                    <MoneyInput source={`${at}.compareAtPrice`} label={false} aria-label="Price before" />
                  </TableCell>
                  <TableCell>
                    <NumberInput
                      source={`${at}.weightGrams`}
                      label={false}
                      slotProps={labelled('Grams')}
                      min={0}
                      helperText={false}
                    />
                  </TableCell>
                  <TableCell className={id && 'text'}>
                    {id ? (
                      <Link to={`/stock/${sku}`}>{inventory?.available ?? 'Stock'}</Link>
                    ) : (
                      <NumberInput
                        source={`${at}.stock`}
                        label={false}
                        slotProps={labelled('Stock')}
                        min={0}
                        helperText={false}
                      />
                    )}
                  </TableCell>
                  <TableCell className="icon">
                    <IconButton
                      aria-label={`Remove ${sku ?? 'the variant'}`}
                      onClick={() => remove(index)}
                      disabled={fields.length === 1}
                    >
                      <DeleteIcon />
                    </IconButton>
                  </TableCell>
                </TableRow>
              );
            })}
          </TableBody>
        </Table>
      </TableContainer>
      <Button
        size="small"
        startIcon={<AddIcon />}
        disabled={!canAdd}
        onClick={() => append({ options: {}, price: null })}
      >
        Add a variant
      </Button>
    </>
  );
}

/** The columns have the labels that people see. */
const labelled = (name: string) => ({ htmlInput: { 'aria-label': name } });
