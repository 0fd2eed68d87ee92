import { useState } from 'react';
import { SelectField } from './select-field.tsx';
import { savedTheme, saveTheme, THEMES, type Theme } from './theme.ts';

const NAMES: Readonly<Record<Theme, string>> = { system: 'System', light: 'Light', dark: 'Dark' };

export const ThemeSwitch = () => {
  const [theme, setTheme] = useState(savedTheme);
  const choose = (chosen: Theme) => {
    saveTheme(chosen);
    setTheme(chosen);
  };
  return (
    <SelectField
      label="Theme"
      hideLabel
      small
      value={theme}
      options={THEMES.map((id) => ({ id, name: NAMES[id] }))}
      onChange={choose}
    />
  );
};
