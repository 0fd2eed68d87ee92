/** Between the tabs of one browser, which share the session's cookie; nothing of who it is goes over it. */
const channel = new BroadcastChannel('userferry session');

/** Tells the other tabs that somebody is signed in. */
export const tellOtherTabs = (): void => channel.postMessage('signed in');

/** Told when somebody is signed in in another tab; answers how to end that. */
export const onSignedInElsewhere = (listener: () => void): (() => void) => {
  channel.addEventListener('message', listener);
  return () => channel.removeEventListener('message', listener);
};
