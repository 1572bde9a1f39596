import type en from '../en/base.ts';

const messages: Record<keyof typeof en, string> = {
  'skip.content': 'Zum Inhalt springen',
  'nav.categories': 'Kategorien',
  'nav.account': 'Konto',
  'nav.signIn': 'Anmelden',
  'nav.wishlist': 'Merkzettel',
  'nav.orders': 'Bestellungen',
  'nav.cart': 'Warenkorb',
  'nav.cartItems_one': ', {count} Artikel',
  'nav.cartItems_other': ', {count} Artikel',
  'nav.home': 'Startseite',
  'nav.breadcrumbs': 'Sie sind hier',
  'footer.label': 'Der Shop',
  'footer.language': 'Sprache',
  'footer.allProducts': 'Alle Produkte',
  'footer.rights': '© {year} {name}',
  'footer.consent': 'Dieser Shop verfolgt Sie nicht mit Cookies und fragt nirgendwo sonst etwas ab.',

  'button.close': 'Schließen',
  'button.retry': 'Erneut versuchen',
  'button.busy': 'Einen Moment …',
  'button.remove': 'Entfernen',
  'button.save': 'Speichern',

  'field.optional': 'freiwillig',
  'field.error': 'Bitte prüfen Sie „{label}“ ({message}).',

  loading: 'Wird geladen …',
  'pages.label': 'Seiten',
  'pages.page': 'Seite {page}',
  'pages.before': 'Vorherige Seite',
  'pages.next': 'Nächste Seite',
  'stars.value': '{value} von 5 Sternen',
  'stars.count_one': '{count} Bewertung',
  'stars.count_other': '{count} Bewertungen',

  'notFound.title': 'Diese Seite haben wir nicht gefunden',
  'notFound.text':
    'Vielleicht ist sie umgezogen, oder die Adresse enthält einen Fehler. Suchen Sie, was Sie brauchen, oder beginnen Sie auf der Startseite.',
  'notFound.home': 'Zur Startseite',
  'failed.title': 'Das hat nicht geklappt',
  'failed.page': 'Auf der Seite ist ein Fehler aufgetreten. Bitte laden Sie sie neu.',
  'failed.requestId': 'Wenn es wieder passiert, nennen Sie uns bitte diese Nummer: {id}',

  'error.network_error': 'Der Shop ist nicht erreichbar. Bitte prüfen Sie Ihre Verbindung.',
  'error.timed_out': 'Der Shop hat nicht rechtzeitig geantwortet. Bitte versuchen Sie es erneut.',
  'error.unexpected_answer': 'Die Antwort des Shops war unverständlich. Bitte versuchen Sie es erneut.',
  'error.rate_limited': 'Das war zu oft in kurzer Zeit. Bitte warten Sie einen Moment.',
  'error.busy': 'Der Shop ist gerade ausgelastet. Bitte versuchen Sie es gleich noch einmal.',
  'error.internal_error': 'Im Shop ist ein Fehler aufgetreten. Bitte versuchen Sie es erneut.',
  'error.validation_failed': 'Einige Angaben wurden nicht angenommen.',
  'error.session_ended': 'Ihre Sitzung ist beendet. Bitte melden Sie sich erneut an.',
  'session.ended': 'Ihre Sitzung ist beendet. Bitte melden Sie sich erneut an.',
};
export default messages;
