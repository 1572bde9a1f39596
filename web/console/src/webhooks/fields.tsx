import { AutocompleteArrayInput, BooleanInput, NumberInput, required, TextInput } from 'react-admin';

import { EVENT_CHOICES } from './events.ts';

export function WebhookFields() {
  return (
    <>
      <TextInput source="url" label="Address" helperText="It begins with https://" validate={required()} />
      <TextInput source="description" />
      <AutocompleteArrayInput
        source="eventTypes"
        label="Events"
        choices={EVENT_CHOICES}
        helperText="Empty: all of them."
      />
      <NumberInput source="maxPerMinute" label="At most, a minute" min={1} max={6000} />
      <BooleanInput source="enabled" label="It is on" helperText="Turning it on again starts over after failures." />
    </>
  );
}
