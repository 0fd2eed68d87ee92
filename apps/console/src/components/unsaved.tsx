import { useEffect, useState, useSyncExternalStore } from 'react';
import { guardLeaving } from '../router/router.ts';
import { Confirm } from './dialog.tsx';

/** What has not been saved, by name: forms that would be lost by leaving them. */
const unsaved = new Map<string, { readonly keptOnPage: boolean }>();
const listeners = new Set<() => void>();
const forgetters = new Set<() => void>();
let count = 0;

const changed = (): void => {
  count += 1;
  for (const listener of listeners) listener();
};

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Says that something is not saved. With `keptOnPage` it outlives a change of page, but not the tab. */
export const setUnsaved = (name: string, dirty: boolean, keptOnPage = false): void => {
  if (dirty === unsaved.has(name)) return;
  if (dirty) unsaved.set(name, { keptOnPage });
  else unsaved.delete(name);
  changed();
};

/** Told when everything that is not saved is given up. */
export const onForget = (forget: () => void): void => {
  forgetters.add(forget);
};

export const forgetUnsaved = (): void => {
  for (const forget of forgetters) forget();
  unsaved.clear();
  changed();
};

/** For a form that is lost by leaving its page. */
export const useUnsaved = (name: string, dirty: boolean): void => {
  useEffect(() => {
    setUnsaved(name, dirty);
    return () => setUnsaved(name, false);
  }, [name, dirty]);
};

export const useUnsavedNames = (): readonly string[] => {
  useSyncExternalStore(subscribe, () => count);
  return [...unsaved.keys()];
};

const lostByLeaving = () => [...unsaved].filter(([, { keptOnPage }]) => !keptOnPage).map(([name]) => name);

const beforeUnload = (event: BeforeUnloadEvent): void => {
  if (unsaved.size > 0) event.preventDefault();
};
addEventListener('beforeunload', beforeUnload);

/** Asks before what is not saved is lost. */
export const LeaveGuard = () => {
  const [answer, setAnswer] = useState<(leave: boolean) => void>();
  useEffect(
    () =>
      guardLeaving(async () => {
        if (lostByLeaving().length === 0) return true;
        return new Promise<boolean>((resolve) => setAnswer(() => resolve));
      }),
    [],
  );
  const end = (leave: boolean) => {
    answer?.(leave);
    setAnswer(undefined);
  };
  return (
    <Confirm
      title="Leave without saving?"
      isOpen={answer !== undefined}
      action="Leave without saving"
      cancel="Stay"
      danger
      onConfirm={() => end(true)}
      onCancel={() => end(false)}
    >
      <p>What you changed here is not saved yet: {lostByLeaving().join(', ')}. If you leave, it is lost.</p>
    </Confirm>
  );
};
