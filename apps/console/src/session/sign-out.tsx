import { useState } from 'react';
import { ActionButton } from '../components/button.tsx';
import { Confirm } from '../components/dialog.tsx';
import { useNotice } from '../components/notice.tsx';
import { forgetUnsaved, useUnsavedNames } from '../components/unsaved.tsx';
import { useSession } from './session.tsx';

/** Ends the session, here and on the server; asks first when something is not saved. */
export const SignOut = () => {
  const { leave } = useSession();
  const unsaved = useUnsavedNames();
  const say = useNotice();
  const [asking, setAsking] = useState(false);
  const out = async () => {
    setAsking(false);
    try {
      await leave();
      forgetUnsaved();
    } catch {
      say('Signing out did not work. Try again.', 'bad');
    }
  };
  return (
    <>
      <ActionButton kind="quiet" small onPress={() => (unsaved.length > 0 ? setAsking(true) : void out())}>
        Sign out
      </ActionButton>
      <Confirm
        title="Sign out without saving?"
        isOpen={asking}
        action="Sign out"
        cancel="Stay"
        danger
        onConfirm={() => void out()}
        onCancel={() => setAsking(false)}
      >
        <p>Not everything is saved. If you sign out, what you changed is lost.</p>
      </Confirm>
    </>
  );
};
