export { COMPILER_OPTIONS } from './compiler-options.ts';
export { type Declarations, scriptDeclarations, scriptDeclarationsText } from './script-declarations.ts';
