import { hoverTooltip } from '@codemirror/view';
import type { LanguageClient } from '../language/language-client.ts';
import type { Explanation } from '../language/language-service.ts';
import type { Vocabulary } from './vocabulary.ts';

const TYPE_MAX = 400;

/** A type and its documentation, as something to show. */
export const explanationNode = (explanation: Explanation | undefined): HTMLElement | null => {
  if (explanation === undefined) return null;
  const { type, text } = explanation;
  const node = document.createElement('div');
  node.className = 'explanation';
  node.append(line('explanation-type', type.length > TYPE_MAX ? `${type.slice(0, TYPE_MAX)} …` : type));
  if (text !== '') node.append(line('explanation-text', text));
  return node;
};

const line = (className: string, text: string): HTMLElement => {
  const node = document.createElement('p');
  node.className = className;
  node.textContent = text;
  return node;
};

/** Shows what something is when the mouse rests on it. */
export const explainOnHover = (vocabulary: () => Vocabulary, language: () => LanguageClient) =>
  hoverTooltip(async (view, pos) => {
    const script = { source: view.state.doc.toString(), action: vocabulary().action, language: vocabulary().language };
    const dom = explanationNode(await language().hover(script, pos));
    return dom === null ? null : { pos, create: () => ({ dom }) };
  });
