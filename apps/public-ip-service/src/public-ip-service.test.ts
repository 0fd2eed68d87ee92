import { PublicIpServiceClient } from '@userferry/contracts/publicip/v1/public_ip_service';
import { createClient } from '@userferry/grpc';
import { createLogger } from '@userferry/process';
import { expect, it } from 'vitest';
import { createPublicIpService } from './create-public-ip-service.ts';

it('lists the configured addresses, sorted and each once', async () => {
  const serviceToken = 'a-service-token-of-forty-characters-or-so';
  const config = { host: '127.0.0.1', port: 0, logLevel: 'silent' as const, serviceToken };
  const publicIps = ['203.0.113.7', '192.0.2.1', '2001:db8::1', '192.0.2.1'];
  const log = createLogger({ service: 'test', level: 'silent' });
  await using server = await createPublicIpService({ ...config, publicIps }, { log });
  using client = createClient(PublicIpServiceClient, { address: `127.0.0.1:${server.port}`, token: serviceToken });
  const { ips } = await client.listPublicIps({}, { requestId: 'request-1', deadlineMs: Date.now() + 5_000 });
  expect(ips).toEqual(['192.0.2.1', '2001:db8::1', '203.0.113.7']);
});
