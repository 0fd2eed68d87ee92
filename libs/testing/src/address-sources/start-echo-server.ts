import { startWebAnswers, type WebAnswers } from './start-web-answers.ts';

/** What an echo endpoint says: a body, a status without one, nothing at all, or more than anybody wants to read. */
export type EchoReply = string | number | 'silent' | 'endless';

export type EchoServer = WebAnswers & { reply: EchoReply };

/** An endpoint that answers with the caller's address, or what the test wants to be taken for it. */
export const startEchoServer = async (reply: EchoReply): Promise<EchoServer> => {
  const current = { reply };
  const web = await startWebAnswers((_, response) => {
    if (current.reply === 'silent') return;
    if (typeof current.reply === 'number') {
      response.writeHead(current.reply, { location: '/elsewhere' }).end();
    } else if (current.reply === 'endless') {
      const pour = () => {
        while (!response.destroyed && response.write('203.0.113.1 '.repeat(1_000)));
        if (!response.destroyed) response.once('drain', pour);
      };
      pour();
    } else response.end(current.reply);
  });
  return {
    ...web,
    get reply() {
      return current.reply;
    },
    set reply(next: EchoReply) {
      current.reply = next;
    },
  };
};
