export const THEMES = ['system', 'light', 'dark'] as const;

export type Theme = (typeof THEMES)[number];

const KEY = 'userferry-theme';

/** The only thing that this page keeps in the browser. */
export const savedTheme = (): Theme => {
  const saved = localStorage.getItem(KEY);
  return THEMES.find((theme) => theme === saved) ?? 'system';
};

export const saveTheme = (theme: Theme): void => {
  localStorage.setItem(KEY, theme);
  applyTheme(theme);
};

/** The style sheet reads `data-theme`; without it the system's wish counts. */
export const applyTheme = (theme: Theme): void => {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
};
