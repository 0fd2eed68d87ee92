import { networkInterfaces } from 'node:os';
import { afterEach, expect, it, vi } from 'vitest';
import { createOwnAddresses } from './own-addresses.ts';

vi.mock('node:os', async (original) => ({ ...(await original()), networkInterfaces: vi.fn() }));
afterEach(() => void vi.useRealTimers());

const interfacesAre = (...addresses: string[]) =>
  vi.mocked(networkInterfaces).mockReturnValue({ eth0: addresses.map((address) => ({ address })) } as never);

it.each([0, -3_600_000])(
  'an interface that comes is known within seconds, where the clock is set by %s ms',
  (setMs) => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    interfacesAre('203.0.113.1');
    const isOwn = createOwnAddresses();
    expect([isOwn('203.0.113.1'), isOwn('203.0.113.2')]).toEqual([true, false]);
    interfacesAre('203.0.113.2');
    vi.setSystemTime(Date.now() + setMs);
    vi.advanceTimersByTime(5_000);
    expect([isOwn('203.0.113.1'), isOwn('203.0.113.2')]).toEqual([false, true]);
  },
);
