import { expect, it } from 'vitest';
import { cut } from './cuts.ts';
import { keptLists, keptValues } from './kept-values.ts';

it('collections, regular expressions and constants of bytes pass through __keep, and the rest is as it was', () => {
  const kept = (code: string): string => cut(code, keptValues);
  expect(kept('const a=/x/g,b=new WeakMap;let c=b_1.Buffer.from([1]).fill(2),d=new RegExp2("z")')).toBe(
    'const a= __keep(/x/g),b=__keep(new WeakMap);let c=__keep(b_1.Buffer.from([1])).fill(2),d=__keep(new RegExp2("z"))',
  );
  expect(kept('function f(){return new Set(["/y/"].map(x=>RegExp(x))).size/2/1;return/y/}')).toBe(
    'function f(){return __keep(new Set(["/y/"].map(x=>__keep(RegExp(x))))).size/2/1;return __keep(/y/)}',
  );
  const others =
    'new Mapped;new Uint8Array(4);Buffer.alloc(2);Array.from(e);Map.x();buffer.from(1);class A extends Map{}';
  expect(kept(`${others};new Uint8Array([4])`)).toBe(`${others};__keep(new Uint8Array([4]))`);
});

it('lists of nothing but texts are kept where that is asked for', () => {
  expect(cut('const a=["x","y"],b=[],c=["x",1],d=[e];for(let f of["z"]);', keptLists)).toBe(
    'const a= __keep(["x","y"]),b=[],c=["x",1],d=[e];for(let f of __keep(["z"]));',
  );
});
