import { Logo } from '../components/logo.tsx';
import { ThemeSwitch } from '../components/theme-switch.tsx';
import { useTitle } from '../components/use-title.ts';
import { SignInForm } from './sign-in-form.tsx';

export const SignInPage = () => {
  useTitle('Sign in');
  return (
    <main className="sign-in">
      <div className="sign-in-card card">
        <Logo />
        <h1>Sign in</h1>
        <p className="quiet">Connect a user pool to your own user database, and watch its users move over.</p>
        <SignInForm />
      </div>
      <ThemeSwitch />
    </main>
  );
};
