import { expect, it } from 'vitest';
import { inheritedEnv } from './config.ts';
import { type ServiceLine, startServiceProcess } from './service-process.ts';

const token = 'a-service-token-of-forty-characters-or-so';
const start = (env: Record<string, string>, lines: ServiceLine[] = []) =>
  startServiceProcess({
    name: 'public-ip-service',
    env: { ...inheritedEnv(), USERFERRY_PUBLIC_IP_PORT: '0', ...env },
    onLine: (line) => lines.push(line),
    restart: false,
  });

it('a service that cannot start is told with its last words, which name what is wrong', async () => {
  await expect(start({ PUBLIC_IPS: 'nonsense' }).ready()).rejects.toThrow(
    /exit code 1[\s\S]*USERFERRY_SERVICE_TOKEN[\s\S]*PUBLIC_IPS/,
  );
});

it('a service has nothing of our environment but what it needs', async () => {
  process.env.USERFERRY_SOMETHING_OF_OURS = 'x';
  const lines: ServiceLine[] = [];
  const service = start({ USERFERRY_SERVICE_TOKEN: token }, lines);
  try {
    await service.ready();
    expect(Object.keys(inheritedEnv())).not.toContain('USERFERRY_SOMETHING_OF_OURS');
    expect(lines.at(-1)?.facts).toMatchObject({ msg: 'ready', service: 'public-ip-service' });
  } finally {
    delete process.env.USERFERRY_SOMETHING_OF_OURS;
    await service.stop();
  }
});

it('a service that is stopped ends by itself, in order', async () => {
  const lines: ServiceLine[] = [];
  const service = start({ USERFERRY_SERVICE_TOKEN: token }, lines);
  await service.ready();
  await service.stop();
  expect(lines.map(({ facts }) => facts?.msg)).toEqual(['ready', 'stopping']);
});
