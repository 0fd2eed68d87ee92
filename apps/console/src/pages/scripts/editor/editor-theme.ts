import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const highlight = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--code-keyword)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--code-number)' },
  { tag: tags.comment, color: 'var(--code-comment)', fontStyle: 'italic' },
  {
    tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.definition(tags.variableName)],
    color: 'var(--code-name)',
  },
]);

/** The page's own colours, so that the editor changes with them between light and dark. */
export const editorTheme = [
  syntaxHighlighting(highlight),
  EditorView.theme({
    '&': { fontSize: '13px', backgroundColor: 'var(--surface)', color: 'var(--text)', borderRadius: '8px' },
    '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-1px' },
    '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55', minHeight: '320px', maxHeight: '62vh' },
    '.cm-content': { padding: '10px 0', caretColor: 'var(--text)' },
    '.cm-cursor': { borderLeftColor: 'var(--text)' },
    '.cm-gutters': {
      backgroundColor: 'var(--sunken)',
      color: 'var(--quiet)',
      border: 'none',
      borderRadius: '8px 0 0 8px',
    },
    '.cm-activeLine': { backgroundColor: 'var(--code-line)' },
    '.cm-activeLineGutter': { backgroundColor: 'var(--code-line)', color: 'var(--text)' },
    '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
      backgroundColor: 'var(--code-select)',
    },
    '.cm-tooltip': {
      backgroundColor: 'var(--surface)',
      color: 'var(--text)',
      border: '1px solid var(--line)',
      borderRadius: '8px',
      boxShadow: 'var(--shadow-up)',
      overflow: 'hidden',
    },
    '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '260px' },
    '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 10px' },
    '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
      backgroundColor: 'var(--accent-soft)',
      color: 'var(--text)',
    },
    '.cm-completionDetail': { color: 'var(--quiet)', fontStyle: 'normal', marginLeft: '12px' },
    '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
    '.cm-tooltip.cm-completionInfo': { padding: '8px 12px', fontFamily: 'var(--sans)', maxWidth: '340px' },
    '.cm-diagnostic': { padding: '6px 12px', fontFamily: 'var(--sans)' },
    '.cm-diagnostic-error': { borderLeft: '4px solid var(--bad)' },
    '.cm-diagnostic-warning': { borderLeft: '4px solid var(--warn)' },
    '.cm-panels': { backgroundColor: 'var(--sunken)', color: 'var(--text)' },
    '.cm-panels-bottom': { borderTop: '1px solid var(--line)' },
    '.cm-textfield': {
      backgroundColor: 'var(--surface)',
      color: 'var(--text)',
      border: '1px solid var(--line-strong)',
    },
    '.cm-button': {
      backgroundImage: 'none',
      backgroundColor: 'var(--surface)',
      color: 'var(--text)',
      border: '1px solid var(--line-strong)',
    },
    '.cm-searchMatch': { backgroundColor: 'var(--warn-soft)' },
    '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--accent-soft)' },
    '.cm-selectionMatch': { backgroundColor: 'var(--accent-soft)' },
  }),
];
