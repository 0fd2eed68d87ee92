/** Errors of streams side by side with plain Node. */
import { afterAll, beforeAll, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host?.stop());
const { expectSame } = createSideBySide(() => host);

it('errors of streams own their code, and streams take as much and as many kinds as today’s Node', () =>
  expectSame(`const { Writable, Readable } = require('stream'); const { Socket } = require('net'); const seen = []; const wait = () => new Promise((done) => setTimeout(done, 5));
    const ended = new Writable({ write(chunk, encoding, done) { done() } }); ended.on('error', (error) => seen.push(showError(error), Object.keys(error))); ended.end(); ended.write('x'); await wait();
    const over = new Readable({ read() {} }); over.on('error', (error) => seen.push(showError(error), Object.keys(error))); over.push(null); over.push('x'); await wait();
    const written = []; const sink = new Writable({ write(chunk, encoding, done) { written.push(show(chunk)); done() } });
    for (const chunk of [1, null, {}, 'text', new Uint8Array([1]), new Uint16Array([2]), new DataView(new ArrayBuffer(2))]) seen.push(await attempt(() => sink.write(chunk)));
    seen.push(await attempt(() => new Readable({ highWaterMark: -1 })), over.readableHighWaterMark, ended.writableHighWaterMark, new Socket().readableHighWaterMark, new Socket().writableHighWaterMark);
    return [seen, written]`));
