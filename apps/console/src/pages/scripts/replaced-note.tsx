import { ActionButton } from '../../components/button.tsx';

/** Says that what a draft began from is not what is saved any more. */
export const ReplacedNote = ({ onTakeTheirs }: { readonly onTakeTheirs: () => void }) => (
  <div className="note note-warn">
    <p>
      <strong>Somebody saved another version of this script</strong> while you were writing. Saving replaces it.
    </p>
    <ActionButton kind="plain" small onPress={onTakeTheirs}>
      Drop mine and take theirs
    </ActionButton>
  </div>
);
