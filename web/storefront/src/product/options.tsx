import type { ProductBody } from '@kontor/client';
import { t } from '../i18n/index.ts';
import { catalogueLang } from '../state/shop.ts';
import { availability, type Choice, choose, valuesOf } from './choice.ts';

interface Props {
  product: ProductBody;
  choice: Choice;
  onChoose: (choice: Choice) => void;
  /** Options without a value, after somebody wanted to buy. */
  missing: string[];
}

/** A group of radio buttons for each option. What is sold out can be chosen too: for a mail when it is back. */
export function Options({ product: { options, variants }, choice, onChoose, missing }: Props) {
  const lang = catalogueLang();
  return (
    <>
      {options.map((option) => (
        <fieldset key={option} class="variant-option" aria-invalid={missing.includes(option)}>
          <legend lang={lang}>
            {option}
            {choice[option] !== undefined && <span>: {choice[option]}</span>}
          </legend>
          <div class="row">
            {valuesOf(variants, option).map((value) => {
              const state = availability(variants, options, choice, option, value);
              return (
                <label key={value} class={`value ${state}`}>
                  <input
                    type="radio"
                    name={`option ${option}`}
                    value={value}
                    checked={choice[option] === value}
                    onChange={() => onChoose(choose(variants, options, choice, option, value))}
                  />
                  <span lang={lang}>{value}</span>
                  {state === 'sold-out' && <span class="visually-hidden">, {t('product.soldOut')}</span>}
                  {state === 'not-made' && <span class="visually-hidden">, {t('product.notMade')}</span>}
                </label>
              );
            })}
          </div>
        </fieldset>
      ))}
    </>
  );
}
