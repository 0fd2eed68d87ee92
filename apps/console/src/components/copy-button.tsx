import { useState } from 'react';
import { ActionButton } from './button.tsx';
import { useNotice } from './notice.tsx';

/** Copies a text and says so, on the button and to a screen reader. */
export const CopyButton = ({ text, what }: { readonly text: string; readonly what: string }) => {
  const [copied, setCopied] = useState(false);
  const say = useNotice();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      say(`${what} copied.`);
      setTimeout(() => setCopied(false), 2_000);
    } catch {
      say(`The browser does not let this page copy. Select the text instead.`, 'bad');
    }
  };
  return (
    <ActionButton kind="plain" small onPress={() => void copy()} label={`Copy ${what.toLowerCase()}`}>
      {copied ? 'Copied' : 'Copy'}
    </ActionButton>
  );
};
