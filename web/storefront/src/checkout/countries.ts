import type { ShopBody } from '@kontor/client';

// Where people live: ISO 3166-1, without places where nobody gets parcels.
const EVERYWHERE =
  'AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CC ' +
  'CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FK FM FO FR GA GB ' +
  'GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG ' +
  'KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT ' +
  'MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS ' +
  'RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TG TH TJ TK TL TM TN TO TR TT TV TW ' +
  'TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW';

const STATES: Record<string, string> = {
  US:
    'AL Alabama,AK Alaska,AZ Arizona,AR Arkansas,CA California,CO Colorado,CT Connecticut,DE Delaware,' +
    'DC District of Columbia,FL Florida,GA Georgia,HI Hawaii,ID Idaho,IL Illinois,IN Indiana,IA Iowa,KS Kansas,' +
    'KY Kentucky,LA Louisiana,ME Maine,MD Maryland,MA Massachusetts,MI Michigan,MN Minnesota,MS Mississippi,' +
    'MO Missouri,MT Montana,NE Nebraska,NV Nevada,NH New Hampshire,NJ New Jersey,NM New Mexico,NY New York,' +
    'NC North Carolina,ND North Dakota,OH Ohio,OK Oklahoma,OR Oregon,PA Pennsylvania,RI Rhode Island,' +
    'SC South Carolina,SD South Dakota,TN Tennessee,TX Texas,UT Utah,VT Vermont,VA Virginia,WA Washington,' +
    'WV West Virginia,WI Wisconsin,WY Wyoming',
  CA:
    'AB Alberta,BC British Columbia,MB Manitoba,NB New Brunswick,NL Newfoundland and Labrador,' +
    'NT Northwest Territories,NS Nova Scotia,NU Nunavut,ON Ontario,PE Prince Edward Island,QC Quebec,' +
    'SK Saskatchewan,YT Yukon',
  AU:
    'ACT Australian Capital Territory,NSW New South Wales,NT Northern Territory,QLD Queensland,SA South Australia,' +
    'TAS Tasmania,VIC Victoria,WA Western Australia',
};

// Elsewhere the region is part of the address too, but written as people like.
const WITH_REGION = 'AE AR BR CL CN CO EG ES ID IE IN IT JP KR MX MY NG NZ PE PH TH TR TW UA VE VN ZA'.split(' ');

export interface Choice {
  code: string;
  name: string;
}

/** The countries that the shop sends to, by their names in this language. */
export function countriesOf(shop: Pick<ShopBody, 'countries' | 'otherCountries'>, locale: string): Choice[] {
  const own = (shop.countries ?? []).map(({ country }) => country);
  return named(shop.otherCountries ? [...new Set([...EVERYWHERE.split(' '), ...own])] : own, locale);
}

/** All countries, for an address book. */
export const allCountries = (locale: string): Choice[] => named(EVERYWHERE.split(' '), locale);

export function countryName(code: string, locale: string): string {
  return new Intl.DisplayNames(locale, { type: 'region' }).of(code) ?? code;
}

function named(codes: string[], locale: string): Choice[] {
  const names = new Intl.DisplayNames(locale, { type: 'region' });
  const compare = new Intl.Collator(locale).compare;
  return codes.map((code) => ({ code, name: names.of(code) ?? code })).sort((a, b) => compare(a.name, b.name));
}

/** How the region is asked for: a list to choose from, free text, or not at all. The codes decide about tax. */
export function regionsOf(country: string): Choice[] | 'text' | null {
  const states = STATES[country];
  if (states)
    return states.split(',').map((state) => {
      const space = state.indexOf(' ');
      return { code: state.slice(0, space), name: state.slice(space + 1) };
    });
  return WITH_REGION.includes(country) ? 'text' : null;
}

export const isAmong = (choices: Choice[], country: string): boolean => choices.some(({ code }) => code === country);

/** A country to begin with: that of the browser's language, if the shop sends there. */
export function likelyCountry(choices: Choice[], languages: readonly string[]): string {
  const sent = (code = '') => isAmong(choices, code);
  return languages.map(regionOf).find(sent) ?? choices[0]?.code ?? '';
}

function regionOf(language: string): string | undefined {
  try {
    const locale = new Intl.Locale(language);
    return locale.region ?? locale.maximize().region;
  } catch {
    // Some systems have names of their own, such as `en-US@posix`.
    return undefined;
  }
}
