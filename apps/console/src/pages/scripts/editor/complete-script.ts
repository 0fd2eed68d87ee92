import {
  type CompletionContext,
  type CompletionResult,
  type CompletionSource,
  snippetCompletion,
} from '@codemirror/autocomplete';
import { localCompletionSource } from '@codemirror/lang-javascript';
import { syntaxTree } from '@codemirror/language';
import { ACTIONS } from '@userferry/script-contract';
import type { Vocabulary } from './vocabulary.ts';
import { globalWords, membersOf, profileWords } from './words.ts';

const IDENTIFIER = /^[\w$]*$/;

/** Completes a script from what its runtime has: arguments, env, context, modules, profile fields and error classes. */
export const completeScript =
  (vocabulary: () => Vocabulary): CompletionSource =>
  (context) =>
    modulesAt(context, vocabulary()) ?? membersAt(context, vocabulary()) ?? wordsAt(context, vocabulary());

const modulesAt = (context: CompletionContext, { modules }: Vocabulary): CompletionResult | null => {
  const found = context.matchBefore(/require\(\s*['"][\w:/@.-]*/);
  if (found === null) return null;
  const from = found.from + found.text.search(/['"]/) + 1;
  const options = modules.map(({ name, version }) => ({ label: name, detail: version, type: 'namespace' }));
  return { from, options, validFor: /^[\w:/@.-]*$/ };
};

const membersAt = (context: CompletionContext, vocabulary: Vocabulary): CompletionResult | null => {
  const found = context.matchBefore(/[\w$]+(?:\??\.[\w$]+)*\??\.[\w$]*/);
  if (found === null) return null;
  const dot = found.text.lastIndexOf('.');
  const options = membersOf(found.text.slice(0, dot).replaceAll('?', ''), vocabulary);
  return options === undefined ? null : { from: found.from + dot + 1, options, validFor: IDENTIFIER };
};

const SNIPPETS = [
  snippetCompletion('try {\n\t#{}\n} finally {\n\tawait client.end();\n}', {
    label: 'try … finally',
    detail: 'close the client',
    type: 'keyword',
  }),
];

const wordsAt = (context: CompletionContext, { action }: Vocabulary): CompletionResult | null => {
  const word = context.matchBefore(/[\w$]+/);
  if (word === null && !context.explicit) return null;
  const node = syntaxTree(context.state).resolveInner(context.pos, -1);
  if (['String', 'TemplateString', 'LineComment', 'BlockComment'].includes(node.name)) return null;
  const from = word?.from ?? context.pos;
  if (node.name === 'PropertyDefinition' || node.name === 'ObjectExpression')
    return { from, options: profileWords(), validFor: IDENTIFIER };
  if (node.name === 'PropertyName') return null;
  const local = localCompletionSource(context);
  const globals = globalWords(ACTIONS[action].parameters);
  const names = new Set(globals.map(({ label }) => label));
  const others = (local?.options ?? []).filter(({ label }) => !names.has(label));
  return { from, options: [...globals, ...others, ...SNIPPETS], validFor: IDENTIFIER };
};
