import { Logo } from '../components/logo.tsx';
import { ThemeSwitch } from '../components/theme-switch.tsx';
import { useTitle } from '../components/use-title.ts';
import { SignInForm } from './sign-in-form.tsx';

const REFUSALS: Readonly<Record<string, string>> = {
  // RFC 6749, 4.1.2.1: `access_denied` is said for both.
  PERMISSION_DENIED: 'You have cancelled it there, or your account there may not use this console.',
  TOO_MANY_SIGN_INS: 'Too many sign-ins from your address have failed: wait a quarter of an hour.',
};

/** The issuer's way back names in the address what went wrong. */
const IssuerFailure = () => {
  const reason = new URLSearchParams(location.search).get('signInError');
  if (reason === null) return null;
  return (
    <div className="note note-bad" role="alert">
      <p>
        <strong>Signing in did not work.</strong> {REFUSALS[reason] ?? 'Try again, or use a key.'}{' '}
        <span className="quiet mono">{/^[A-Z_]{1,40}$/.test(reason) ? reason : ''}</span>
      </p>
    </div>
  );
};

export const SignInPage = () => {
  useTitle('Sign in');
  return (
    <main className="sign-in">
      <div className="sign-in-card card">
        <Logo />
        <h1>Sign in</h1>
        <p className="quiet">Connect a user pool to your own user database, and watch its users move over.</p>
        <IssuerFailure />
        <SignInForm />
      </div>
      <ThemeSwitch />
    </main>
  );
};
