import { useSyncExternalStore } from 'react';

const subscribe = (listener: () => void) => {
  for (const event of ['online', 'offline']) addEventListener(event, listener);
  return () => {
    for (const event of ['online', 'offline']) removeEventListener(event, listener);
  };
};

const useOnline = (): boolean => useSyncExternalStore(subscribe, () => navigator.onLine);

export const OfflineBar = () => (
  <div role="status">
    {!useOnline() && (
      <p className="offline">
        You are offline. What you see may be out of date; what you have typed stays, and can be saved later.
      </p>
    )}
  </div>
);
