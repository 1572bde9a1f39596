import polyglotI18nProvider from 'ra-i18n-polyglot';
import englishMessages from 'ra-language-english';

const { ra } = englishMessages;

/** react-admin's English, with the words of this console. */
const messages = {
  ra: {
    ...ra,
    auth: { ...ra.auth, logout: 'Sign out' },
    notification: {
      ...ra.notification,
      created: 'It was made.',
      updated: 'It was saved. |||| %{smart_count} were saved.',
      deleted: 'It was deleted. |||| %{smart_count} were deleted.',
    },
    navigation: {
      ...ra.navigation,
      no_results: 'There is nothing here yet.',
      no_filtered_results: 'Nothing fits these filters.',
    },
    message: {
      ...ra.message,
      invalid_form: 'Some fields are not right yet. They say why.',
    },
  },
};

export const i18nProvider = polyglotI18nProvider(() => messages, 'en', { allowMissing: true });
