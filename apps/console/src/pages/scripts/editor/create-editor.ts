import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import type { ScriptLanguage } from '@userferry/script-contract';
import { languageClient } from '../language/language-client.ts';
import type { Problem } from '../problem.ts';
import type { Spot } from '../spot.ts';
import { completeScript } from './complete-script.ts';
import { diagnosticOf, positionOf } from './diagnostics.ts';
import { editorTheme } from './editor-theme.ts';
import { explainOnHover } from './explanation.ts';
import type { Vocabulary } from './vocabulary.ts';

export type Editor = {
  /** Takes a text that was not typed here. */
  readonly setSource: (source: string) => void;
  readonly setLanguage: (language: ScriptLanguage) => void;
  readonly setProblems: (problems: readonly Problem[]) => void;
  /** Shows a place, puts the cursor there and takes the focus. */
  readonly reveal: (spot: Spot) => void;
  readonly destroy: () => void;
};

type EditorOptions = {
  readonly label: string;
  readonly source: string;
  readonly language: ScriptLanguage;
  readonly vocabulary: () => Vocabulary;
  readonly onChange: (source: string) => void;
  readonly onSave: () => void;
};

/** The page's policy lets only styles in that carry this. */
const cspNonce = (): string => document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';

export const createEditor = (parent: HTMLElement, options: EditorOptions): Editor => {
  const syntax = new Compartment();
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: options.source,
      extensions: [syntax.of(syntaxOf(options.language)), extensions(options)],
    }),
  });
  return {
    setSource: (source) => {
      const { doc } = view.state;
      if (doc.toString() !== source) view.dispatch({ changes: { from: 0, to: doc.length, insert: source } });
    },
    setLanguage: (language) => view.dispatch({ effects: syntax.reconfigure(syntaxOf(language)) }),
    setProblems: (problems) =>
      view.dispatch(
        setDiagnostics(
          view.state,
          problems.map((problem) => diagnosticOf(view.state.doc, problem)),
        ),
      ),
    reveal: (spot) => {
      const at = positionOf(view.state.doc, spot.line, spot.column);
      view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
};

const syntaxOf = (language: ScriptLanguage) => javascript({ typescript: language === 'typescript' });

const saved = (save: () => void): boolean => {
  save();
  return true;
};

const extensions = ({ label, vocabulary, onChange, onSave }: EditorOptions) => [
  EditorView.cspNonce.of(cspNonce()),
  EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', tabindex: '0' }),
  lineNumbers(),
  highlightActiveLineGutter(),
  highlightActiveLine(),
  history(),
  drawSelection(),
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  highlightSelectionMatches(),
  lintGutter(),
  autocompletion({ override: [completeScript(vocabulary, languageClient)], icons: false }),
  explainOnHover(vocabulary, languageClient),
  editorTheme,
  keymap.of([
    { key: 'Mod-s', preventDefault: true, run: () => saved(onSave) },
    ...closeBracketsKeymap,
    ...defaultKeymap,
    ...searchKeymap,
    ...historyKeymap,
    ...completionKeymap,
    ...lintKeymap,
    // Escape, then Tab, leaves the editor: the keymap of CodeMirror sees to it
    indentWithTab,
  ]),
  EditorView.updateListener.of(({ docChanged, state }) => {
    if (docChanged) onChange(state.doc.toString());
  }),
];
