import { WordsInput } from '../ui/words-input.tsx';

/** The names of the options, such as Size: at most three. */
export function OptionsInput() {
  return (
    <WordsInput
      source="options"
      label="Options"
      helperText="What variants are told apart by. Leave it empty if there is one variant."
      options={['Size', 'Colour', 'Width', 'Material']}
      most={3}
    />
  );
}
