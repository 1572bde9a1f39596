import { t } from '../i18n/index.ts';
import { Field } from '../ui/field.tsx';
import { type Choice, regionsOf } from './countries.ts';
import type { AddressForm } from './draft.ts';

interface Props {
  value: AddressForm;
  onChange: (value: AddressForm) => void;
  countries: Choice[];
  /** The reasons of refused fields, as `fieldErrors` has them. */
  errors: Readonly<Record<string, string>>;
  /** What stands before the names of fields there, such as `shippingAddress.`. */
  path?: string;
  /** `shipping` or `billing`, for the browser that fills in. */
  section: 'shipping' | 'billing';
}

export function AddressFields({ value, onChange, countries, errors, path = '', section }: Props) {
  const input = (name: keyof AddressForm, autocomplete: string, maxLength: number) => ({
    label: t(`address.${name}`),
    value: value[name],
    error: errors[path + name],
    autocomplete: `${section} ${autocomplete}`,
    maxLength,
    onInput: (event: { currentTarget: HTMLInputElement }) => onChange({ ...value, [name]: event.currentTarget.value }),
  });
  return (
    <div class="address-fields">
      <Field {...input('name', 'name', 100)} required />
      <Field {...input('company', 'organization', 100)} />
      <Field {...input('line1', 'address-line1', 200)} required />
      <Field {...input('line2', 'address-line2', 200)} />
      <div class="address-city">
        <Field {...input('postalCode', 'postal-code', 20)} required />
        <Field {...input('city', 'address-level2', 100)} required />
      </div>
      <CountryFields
        country={value.country}
        region={value.region}
        countries={countries}
        errors={errors}
        path={path}
        section={section}
        onChange={(country, region) => onChange({ ...value, country, region })}
      />
      <Field {...input('phone', 'tel', 32)} type="tel" />
    </div>
  );
}

interface CountryProps extends Omit<Props, 'value' | 'onChange'> {
  country: string;
  region: string;
  label?: string;
  onChange: (country: string, region: string) => void;
}

/** The country, and the region where its addresses have one. */
export function CountryFields({
  country,
  region,
  label,
  countries,
  errors,
  path = '',
  section,
  onChange,
}: CountryProps) {
  const regions = regionsOf(country);
  const regionInput = {
    label: t('address.region'),
    value: region,
    error: errors[`${path}region`],
    autocomplete: `${section} address-level1`,
  };
  return (
    <>
      <Field
        as="select"
        label={label ?? t('address.country')}
        required
        value={country}
        error={errors[`${path}country`]}
        autocomplete={`${section} country`}
        onChange={(event) => onChange(event.currentTarget.value, '')}
      >
        <option value="">{t('address.choose')}</option>
        {countries.map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </Field>
      {Array.isArray(regions) && (
        <Field as="select" required {...regionInput} onChange={(event) => onChange(country, event.currentTarget.value)}>
          <option value="">{t('address.choose')}</option>
          {regions.map(({ code, name }) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </Field>
      )}
      {regions === 'text' && (
        <Field {...regionInput} maxLength={100} onInput={(event) => onChange(country, event.currentTarget.value)} />
      )}
    </>
  );
}
