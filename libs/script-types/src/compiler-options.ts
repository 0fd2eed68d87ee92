/**
 * How scripts are read by a TypeScript compiler, as `compilerOptions` of a tsconfig.json: with nothing known but the
 * declarations, and as forgiving as JavaScript needs it. Each file is a module of its own, since each is a script of its own.
 */
export const COMPILER_OPTIONS = {
  target: 'es2024',
  lib: ['es2024', 'esnext.disposable', 'esnext.array', 'esnext.iterator', 'esnext.float16'],
  module: 'commonjs',
  moduleResolution: 'bundler',
  moduleDetection: 'force',
  types: [],
  allowJs: true,
  checkJs: true,
  noEmit: true,
  strict: true,
  noImplicitAny: false,
  useUnknownInCatchVariables: false,
  erasableSyntaxOnly: true,
  skipLibCheck: true,
} as const;
