import { expect, it } from 'vitest';
import { keepFunctionsYoung } from './young-functions.ts';

it('a function that is assigned to a property stands behind a comma, and the rest is as it was', () => {
  const code = 'a.b=function(){c[d]=async x=>{e.f=()=>x}};const g=()=>1;h=function(){};i.j??=()=>2;k={l(){},m:()=>3};';
  expect(keepFunctionsYoung(code)).toBe(
    'a.b=(0,function(){c[d]=(0,async x=>{e.f=(0,()=>x)})});const g=()=>1;h=function(){};i.j??=()=>2;k={l(){},m:()=>3};',
  );
});

it('two functions that end in the same place are both closed', () => {
  expect(keepFunctionsYoung('a.b=()=>c.d=()=>1')).toBe('a.b=(0,()=>c.d=(0,()=>1))');
});
