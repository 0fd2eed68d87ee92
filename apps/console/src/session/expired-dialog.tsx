import { Dialog } from '../components/dialog.tsx';
import { SignInForm } from './sign-in-form.tsx';

/** Over the page, not instead of it: what was typed is still there after signing in again. */
export const ExpiredDialog = () => (
  <Dialog title="Your session has ended" isOpen>
    <p className="quiet">
      Sign in again to go on. What you have typed is still here; what you were just saving, save once more.
    </p>
    <SignInForm inNewTab />
  </Dialog>
);
