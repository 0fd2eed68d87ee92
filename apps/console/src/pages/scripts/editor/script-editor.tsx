import type { ScriptAction, ScriptLanguage } from '@userferry/script-contract';
import { useEffect, useRef } from 'react';
import type { Problem } from '../problem.ts';
import type { Spot } from '../spot.ts';
import { createEditor, type Editor } from './create-editor.ts';
import type { Vocabulary } from './vocabulary.ts';

type ScriptEditorProps = {
  readonly label: string;
  readonly source: string;
  readonly language: ScriptLanguage;
  readonly problems: readonly Problem[];
  readonly envNames: readonly string[];
  readonly modules: Vocabulary['modules'];
  readonly action: ScriptAction;
  readonly spot: Spot | undefined;
  readonly onChange: (source: string) => void;
  readonly onSave: () => void;
};

/** The editor in React's hands: it keeps its own text and is told only of what did not come from it. */
export const ScriptEditor = (props: ScriptEditorProps) => {
  const { label, source, language, problems, envNames, modules, action, spot } = props;
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor>(undefined);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    if (place.current === null) return;
    const made = createEditor(place.current, {
      label,
      source: latest.current.source,
      language: latest.current.language,
      vocabulary: () => ({ ...latest.current }),
      onChange: (text) => latest.current.onChange(text),
      onSave: () => latest.current.onSave(),
    });
    editor.current = made;
    return () => made.destroy();
  }, [label]);
  useEffect(() => editor.current?.setSource(source), [source]);
  useEffect(() => editor.current?.setLanguage(language), [language]);
  useEffect(() => editor.current?.setProblems(problems), [problems]);
  useEffect(() => {
    if (spot !== undefined) editor.current?.reveal(spot);
  }, [spot]);
  void envNames;
  void modules;
  void action;
  return <div className="editor" ref={place} />;
};
