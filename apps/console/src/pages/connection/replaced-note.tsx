import { ActionButton } from '../../components/button.tsx';

type NoteProps = { readonly isDeleted: boolean; readonly onTakeTheirs: () => void; readonly onKeepMine: () => void };

/** Says that what the form began from is not what is saved any more, and asks what is to become of what was typed. */
export const ReplacedNote = ({ isDeleted, onTakeTheirs, onKeepMine }: NoteProps) => (
  <div className="note note-warn" role="alert">
    <p>
      <strong>{isDeleted ? 'The connection was deleted' : 'Somebody saved other settings'}</strong> while you were
      writing. What you typed is still here, and not saved.
    </p>
    <div className="actions">
      <ActionButton kind="plain" small onPress={onTakeTheirs}>
        Drop mine and take theirs
      </ActionButton>
      <ActionButton kind="plain" small onPress={onKeepMine}>
        Keep mine on top of theirs
      </ActionButton>
    </div>
  </div>
);
