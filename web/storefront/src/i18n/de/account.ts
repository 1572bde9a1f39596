import type en from '../en/account.ts';

const messages: Record<keyof typeof en, string> = {
  'signIn.title': 'Anmelden',
  'register.title': 'Konto erstellen',
  'verifyEmail.title': 'E-Mail-Adresse bestätigen',
  'changeEmail.title': 'E-Mail-Adresse ändern',
  'resetPassword.title': 'Neues Passwort wählen',
  'forgotPassword.title': 'Passwort vergessen?',
  'review.title': 'Bewertung schreiben',
  'account.title': 'Ihr Konto',
  'account.orders': 'Bestellungen',
  'account.addresses': 'Adressen',
  'account.security': 'Sicherheit',
  'account.preferences': 'Einstellungen',
  'account.wishlist': 'Merkzettel',
};
export default messages;
