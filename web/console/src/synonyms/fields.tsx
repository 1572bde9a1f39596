import { TextInput } from 'react-admin';

import { WordsInput } from '../ui/words-input.tsx';

/** Without a word at the beginning, each of the terms finds the others. */
export function SynonymFields() {
  return (
    <>
      <TextInput source="input" label="A search for" helperText="Empty: each of the words below finds all others." />
      <WordsInput source="terms" label="Finds" helperText="Words or phrases. Press Enter after each." />
    </>
  );
}
