/** Account, sign-in, and pages that mails link to. */
export default {
  'signIn.title': 'Sign in',
  'register.title': 'Create an account',
  'verifyEmail.title': 'Confirm your address',
  'changeEmail.title': 'Change your address',
  'resetPassword.title': 'Choose a new password',
  'forgotPassword.title': 'Forgot your password?',
  'review.title': 'Write a review',
  'account.title': 'Your account',
  'account.orders': 'Orders',
  'account.addresses': 'Addresses',
  'account.security': 'Security',
  'account.preferences': 'Preferences',
  'account.wishlist': 'Wish list',
} as const;
