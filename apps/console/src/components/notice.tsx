import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';

type Notice = { readonly text: string; readonly kind: 'good' | 'bad'; readonly id: number };
type Say = (text: string, kind?: Notice['kind']) => void;

const NoticeContext = createContext<Say>(() => undefined);
const SHOWN_MS = 6_000;

/** Says that something was done: shown for a moment at the foot of the page, and read out. */
export const useNotice = (): Say => useContext(NoticeContext);

export const NoticeProvider = ({ children }: { readonly children: ReactNode }) => {
  const [notice, setNotice] = useState<Notice>();
  const say = useCallback<Say>((text, kind = 'good') => setNotice({ text, kind, id: performance.now() }), []);
  useEffect(() => {
    if (notice === undefined) return;
    const timer = setTimeout(() => setNotice(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <NoticeContext value={say}>
      {children}
      <div className="notices" role="status" aria-live="polite">
        {notice && (
          <p key={notice.id} className={`notice notice-${notice.kind}`}>
            {notice.text}
          </p>
        )}
      </div>
    </NoticeContext>
  );
};
