import { useEffect } from 'react';

/** The document's title, which a screen reader says when the page changes. */
export const useTitle = (title: string): void => {
  useEffect(() => {
    document.title = `${title} · Userferry`;
  }, [title]);
};
