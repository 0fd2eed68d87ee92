import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiError } from '../api/api-error.ts';
import { ActionButton } from '../components/button.tsx';
import { Failure } from '../components/page-state.tsx';
import { TextField } from '../components/text-field.tsx';
import { useOnce } from '../components/use-once.ts';
import { useSession } from './session.tsx';
import { OIDC_PATH, readMethods, signIn } from './session-api.ts';

/**
 * Signs in with a management key, or leads to the issuer: in a new tab where this one holds what would be lost by that. The
 * key lives in the input alone and is cleared once sent.
 */
export const SignInForm = ({ inNewTab = false }: { readonly inNewTab?: boolean }) => {
  const { enter } = useSession();
  const methods = useQuery({ queryKey: ['sign-in-methods'], queryFn: readMethods });
  const [apiKey, setApiKey] = useState('');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const send = useOnce(busy, async () => {
    setBusy(true);
    setError(undefined);
    try {
      enter(await signIn(apiKey.trim()));
    } catch (failure) {
      setError(sentenceOf(failure));
    } finally {
      setApiKey('');
      setBusy(false);
    }
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (apiKey.trim() === '') return setError('Enter a key.');
    send();
  };
  return (
    <form className="stack" onSubmit={submit} aria-label="Sign in">
      {methods.isError && <Failure error={methods.error} retry={() => void methods.refetch()} />}
      <TextField
        label="Management key"
        type="password"
        mono
        value={apiKey}
        onChange={setApiKey}
        description="Of an administrator of a user pool, or of an operator. It begins with ufk_."
        error={error}
      />
      <ActionButton type="submit" busy={busy}>
        Sign in
      </ActionButton>
      {methods.data?.oidc && (
        <>
          <p className="or" aria-hidden="true">
            or
          </p>
          <a className="button button-plain" href={OIDC_PATH} {...(inNewTab && { target: '_blank', rel: 'noopener' })}>
            Continue with {methods.data.oidc.name}
            {inNewTab && ', in a new tab'}
          </a>
        </>
      )}
    </form>
  );
};

const sentenceOf = (error: unknown): string => {
  if (!(error instanceof ApiError)) return 'Something went wrong. Try again.';
  if (error.status === 401) return 'This key is not known, or it has expired. Check that you copied all of it.';
  return error.message;
};
