import { useEffect, useRef, useState } from 'react';
import { TextField } from '../../components/text-field.tsx';
import { coveredUri } from './address-draft.ts';

type UriProps = {
  readonly uri: string;
  readonly placeholder: string;
  readonly error: string | undefined;
  readonly onChange: (uri: string) => void;
};

/** A connection URI whose password is seen by nobody but who types in it. */
export const UriField = ({ uri, placeholder, error, onChange }: UriProps) => {
  const [typing, setTyping] = useState(false);
  const box = useRef<HTMLInputElement>(null);
  const covered = coveredUri(uri);
  const isCovered = covered !== uri;
  // uncovering is another text, in which the caret is lost: as when one comes by Tab, what is typed then takes its place
  // biome-ignore lint/correctness/useExhaustiveDependencies: when somebody comes, and not again while they type
  useEffect(() => {
    if (typing && isCovered) box.current?.select();
  }, [typing]);
  return (
    <TextField
      label="Connection URI"
      mono
      inputMode="url"
      box={box}
      placeholder={placeholder}
      value={typing ? uri : covered}
      onChange={onChange}
      error={error}
      onFocusChange={setTyping}
    />
  );
};
