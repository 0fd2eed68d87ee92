import type { ScriptLanguage } from '@userferry/script-contract';
import { type Option, SelectField } from '../../components/select-field.tsx';

const LANGUAGES: readonly Option<ScriptLanguage>[] = [
  { id: 'javascript', name: 'JavaScript' },
  { id: 'typescript', name: 'TypeScript', note: 'Kept as you write it; runs without its types' },
];

type ChoiceProps = { readonly language: ScriptLanguage; readonly onChange: (language: ScriptLanguage) => void };

/** What a script is written in. */
export const LanguageChoice = ({ language, onChange }: ChoiceProps) => (
  <SelectField label="Language" hideLabel small value={language} options={LANGUAGES} onChange={onChange} />
);
