import { useSyncExternalStore } from 'react';
import { onForget, setUnsaved } from '../../components/unsaved.tsx';
import { isSameScript, type ScriptText } from './script-text.ts';

/** A script that is being written: what it began from, and what it is now. Kept in memory, for as long as the tab is. */
export type Draft = { readonly base: ScriptText; readonly script: ScriptText };

const drafts = new Map<string, Draft>();
const listeners = new Set<() => void>();

const keyOf = (userPoolId: string, action: string): string => `${userPoolId} script ${action}`;

export const setDraft = (userPoolId: string, action: string, draft: Draft | undefined): void => {
  const key = keyOf(userPoolId, action);
  if (draft === undefined || isSameScript(draft.script, draft.base)) drafts.delete(key);
  else drafts.set(key, draft);
  setUnsaved(key, drafts.has(key), true);
  for (const listener of listeners) listener();
};

/** Nothing of one session is there in the next. */
onForget(() => {
  drafts.clear();
  for (const listener of listeners) listener();
});

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The draft as it is at this moment, which what was drawn last may not be. */
export const draftNow = (userPoolId: string, action: string): Draft | undefined =>
  drafts.get(keyOf(userPoolId, action));

export const useDraft = (userPoolId: string, action: string): Draft | undefined =>
  useSyncExternalStore(subscribe, () => draftNow(userPoolId, action));

export const useHasDraft = (userPoolId: string): ((action: string) => boolean) => {
  useSyncExternalStore(subscribe, () => drafts.size);
  return (action) => drafts.has(keyOf(userPoolId, action));
};
