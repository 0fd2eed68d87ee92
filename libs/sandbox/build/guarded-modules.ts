/**
 * How a bundled module is evaluated when it is first asked for, which may be in the middle of a run: esbuild's own two ways, but
 * through `__evaluate`, which the base tells what it thinks of the built-ins by then, and of an evaluation that does not end.
 */

type Way = { readonly name: string; readonly esbuilds: RegExp; readonly ours: string };

const WAYS: readonly Way[] = [
  {
    name: '__commonJS',
    esbuilds:
      /__commonJS=\(cb,mod\)=>function\(\)\{try\{return mod\|\|\(0,cb\[__getOwnPropNames\(cb\)\[0\]\]\)\(\(mod=\{exports:\{\}\}\)\.exports,mod\),mod\.exports\}catch\((e\d*)\)\{throw mod=0,\1\}\}/,
    ours: '__commonJS=(cb,mod)=>function(){if(!mod)__evaluate(()=>{try{(0,cb[__getOwnPropNames(cb)[0]])((mod={exports:{}}).exports,mod)}catch(e){throw mod=0,e}});return mod.exports}',
  },
  {
    name: '__esm',
    esbuilds:
      /__esm=\(fn,res,err\)=>function\(\)\{if\(err\)throw err\[0\];try\{return fn&&\(res=\(0,fn\[__getOwnPropNames\(fn\)\[0\]\]\)\(fn=0\)\),res\}catch\((e\d*)\)\{throw err=\[\1\],\1\}\}/,
    ours: '__esm=(fn,res,err)=>function(){if(err)throw err[0];if(fn)__evaluate(()=>{try{res=(0,fn[__getOwnPropNames(fn)[0]])(fn=0)}catch(e){throw err=[e],e}});return res}',
  },
];

/** The same program, whose modules are evaluated by `__evaluate`. Throws where esbuild writes its ways otherwise. */
export const guardModules = (code: string): string =>
  WAYS.reduce((before, { name, esbuilds, ours }) => {
    const after = before.replace(esbuilds, () => ours);
    if (after === before && before.includes(`${name}=`)) throw new Error(`esbuild writes ${name} in another way`);
    return after;
  }, code);
