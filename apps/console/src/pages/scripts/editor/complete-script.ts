import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  type CompletionSource,
  snippetCompletion,
} from '@codemirror/autocomplete';
import { localCompletionSource } from '@codemirror/lang-javascript';
import { syntaxTree } from '@codemirror/language';
import { ACTIONS } from '@userferry/script-contract';
import type { LanguageClient } from '../language/language-client.ts';
import type { Suggestion } from '../language/language-service.ts';
import { explanationNode } from './explanation.ts';
import type { Vocabulary } from './vocabulary.ts';
import { globalWords, membersOf, profileWords } from './words.ts';

const IDENTIFIER = /^[\w$]*$/;
const NO_CODE = ['String', 'TemplateString', 'LineComment', 'BlockComment', 'RegExp'];

/** How long the types are waited for, before the words that are known without them are shown. */
const TYPES_WAIT_MS = 700;

/**
 * Completes a script: modules and variables from what this deployment and this connection have, all else from the types of
 * the runtime, and until those have come (or where they cannot) from a list of words.
 */
export const completeScript =
  (vocabulary: () => Vocabulary, language: () => LanguageClient): CompletionSource =>
  async (context) => {
    const words = vocabulary();
    const known = modulesAt(context, words) ?? variablesAt(context, words);
    if (known !== null || isNoCode(context)) return known;
    const typed = await inTime(byTypes(context, words, language()));
    return typed ?? membersAt(context, words) ?? wordsAt(context, words);
  };

const isNoCode = ({ state, pos }: CompletionContext): boolean =>
  NO_CODE.includes(syntaxTree(state).resolveInner(pos, -1).name);

const inTime = <T>(answer: Promise<T>): Promise<T | undefined> =>
  Promise.race([answer, new Promise<undefined>((resolve) => setTimeout(resolve, TYPES_WAIT_MS, undefined))]);

const modulesAt = (context: CompletionContext, { modules }: Vocabulary): CompletionResult | null => {
  const found = context.matchBefore(/require\(\s*['"][\w:/@.-]*/);
  if (found === null) return null;
  const from = found.from + found.text.search(/['"]/) + 1;
  const options = modules.map(({ name, version }) => ({ label: name, detail: version, type: 'namespace' }));
  return { from, options, validFor: /^[\w:/@.-]*$/ };
};

const variablesAt = (context: CompletionContext, vocabulary: Vocabulary): CompletionResult | null => {
  const found = context.matchBefore(/(?<![\w$.])env\??\.[\w$]*/);
  return found === null ? null : membersAt(context, vocabulary);
};

const membersAt = (context: CompletionContext, vocabulary: Vocabulary): CompletionResult | null => {
  const found = context.matchBefore(/[\w$]+(?:\??\.[\w$]+)*\??\.[\w$]*/);
  if (found === null) return null;
  const dot = found.text.lastIndexOf('.');
  const options = membersOf(found.text.slice(0, dot).replaceAll('?', ''), vocabulary);
  return options === undefined ? null : { from: found.from + dot + 1, options, validFor: IDENTIFIER };
};

const KINDS: Readonly<Record<string, string>> = {
  method: 'method',
  property: 'property',
  getter: 'property',
  function: 'function',
  'local function': 'function',
  class: 'class',
  'local class': 'class',
  interface: 'interface',
  type: 'type',
  keyword: 'keyword',
  const: 'constant',
};

const byTypes = async (
  context: CompletionContext,
  { action, language }: Vocabulary,
  client: LanguageClient,
): Promise<CompletionResult | undefined> => {
  const word = context.matchBefore(/[\w$]+/);
  const dot = context.matchBefore(/\.[\w$]*/);
  if (word === null && dot === null && !context.explicit) return undefined;
  const script = { source: context.state.doc.toString(), action, language };
  const found = await client.complete(script, context.pos);
  if (found === undefined || found.length === 0) return undefined;
  const optionOf = ({ name, kind, order }: Suggestion): Completion => ({
    label: name,
    type: KINDS[kind] ?? 'variable',
    // TypeScript puts near things at 11, globals at 15 and later
    boost: order.startsWith('11') ? 2 : order.startsWith('15') ? -1 : 0,
    info: async () => explanationNode(await client.explain(script, context.pos, name)),
  });
  return { from: word?.from ?? context.pos, options: found.map(optionOf), validFor: IDENTIFIER };
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
