import { expect, it } from 'vitest';
import { encodeFrame } from './frame-codec.ts';
import { createFrameSplitter } from './frame-splitter.ts';

const read = (frames: readonly Buffer[]): unknown[] => frames.map((frame) => JSON.parse(frame.toString()));

it('frames come out whole however the bytes were cut', () => {
  const bytes = Buffer.concat([encodeFrame({ a: 'ä' }), encodeFrame([1, 2]), encodeFrame({ b: 'x'.repeat(500) })]);
  for (const size of [1, 3, 7, bytes.length]) {
    const splitter = createFrameSplitter(1000);
    const frames: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += size) frames.push(...splitter.push(bytes.subarray(at, at + size)));
    expect(read(frames)).toEqual([{ a: 'ä' }, [1, 2], { b: 'x'.repeat(500) }]);
  }
});

it('a length above the limit, or of nothing, is refused before its bytes come', () => {
  expect(() => createFrameSplitter(100).push(Buffer.from([0, 0, 0, 101]))).toThrow('frame of 101 bytes');
  expect(() => createFrameSplitter(100).push(Buffer.from([255, 255, 255, 255]))).toThrow();
  expect(() => createFrameSplitter(100).push(Buffer.alloc(4))).toThrow('frame of 0 bytes');
});
