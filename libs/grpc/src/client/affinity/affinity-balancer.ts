import { type ChannelOptions, connectivityState, experimental } from '@grpc/grpc-js';
import { createAffinityPicker } from './affinity-picker.ts';
import { createCallsUnderWay } from './calls-under-way.ts';
import { numberOf } from './rendezvous.ts';

/** The name of the policy in a service config. */
export const AFFINITY_POLICY = 'userferry_affinity';

/** Before the first calls are sent, replicas have so long to be connected to: each key then finds its home at once. */
const GATHER_MS = 250;

/** It has no settings. */
class AffinityConfig implements experimental.TypedLoadBalancingConfig {
  static createFromJson(): AffinityConfig {
    return new AffinityConfig();
  }
  getLoadBalancerName(): string {
    return AFFINITY_POLICY;
  }
  toJsonObject(): object {
    return { [AFFINITY_POLICY]: {} };
  }
}

type Endpoints = experimental.StatusOr<experimental.Endpoint[]>;

/**
 * A load balancing policy of grpc-js: connected to every address of a name, it sends the calls of a key to one of them. What
 * it tells its channel of itself is what round_robin tells. Source: gRFC A42 (ring hash) for what such a policy is; with few
 * replicas rendezvous hashing needs no ring.
 */
class AffinityBalancer implements experimental.LoadBalancer {
  readonly #channel: experimental.ChannelControlHelper;
  readonly #underWay = createCallsUnderWay();
  #replicas: readonly experimental.LeafLoadBalancer[] = [];
  #isReady = false;
  #isPaused = false;
  #lastError = 'none was tried yet';
  #gathering: NodeJS.Timeout | undefined;

  constructor(channel: experimental.ChannelControlHelper) {
    this.#channel = channel;
  }

  updateAddressList(endpoints: Endpoints, _: unknown, options: ChannelOptions, note: string): boolean {
    if (endpoints.ok) this.#connectTo(endpoints.value, options, note);
    else if (this.#replicas.length === 0) this.#fail(endpoints.error.details ?? note);
    return true;
  }

  #connectTo(endpoints: readonly experimental.Endpoint[], options: ChannelOptions, note: string): void {
    this.destroy();
    const helper = experimental.createChildChannelControlHelper(this.#channel, {
      updateState: (state, _, error) => this.#onState(state, error),
    });
    this.#isPaused = true;
    if (!this.#isReady) this.#gather();
    this.#replicas = endpoints.map((each) => new experimental.LeafLoadBalancer(each, helper, options, note));
    for (const replica of this.#replicas) replica.startConnecting();
    this.#isPaused = false;
    if (endpoints.length === 0) this.#fail(`its name has no addresses ${note}`.trim());
    else this.#tellState();
  }

  #gather(): void {
    this.#gathering = setTimeout(() => {
      this.#gathering = undefined;
      this.#tellState();
    }, GATHER_MS).unref();
  }

  #onState(state: connectivityState, error: string | null): void {
    // A replica that has gone may have come back elsewhere.
    if (this.#isReady && state !== connectivityState.READY) this.#channel.requestReresolution();
    this.#lastError = error ?? this.#lastError;
    if (!this.#isPaused) this.#tellState();
  }

  #tellState(): void {
    const inState = (state: connectivityState) =>
      this.#replicas.filter((replica) => replica.getConnectivityState() === state);
    const ready = inState(connectivityState.READY);
    const connecting = inState(connectivityState.CONNECTING);
    const isGathering = this.#gathering !== undefined && connecting.length > 0;
    if (ready.length > 0 && !isGathering) this.#serve(ready);
    else if (connecting.length > 0) this.#wait(connectivityState.CONNECTING);
    else if (inState(connectivityState.TRANSIENT_FAILURE).length > 0) this.#fail(this.#lastError);
    else this.#wait(connectivityState.IDLE);
    // Each stays connected, called or not.
    for (const replica of inState(connectivityState.IDLE)) replica.exitIdle();
  }

  #serve(ready: readonly experimental.LeafLoadBalancer[]): void {
    this.#isReady = true;
    this.#stopGathering();
    const replicas = ready.map((replica) => {
      const address = experimental.endpointToString(replica.getEndpoint());
      return { address, number: numberOf(address), picker: replica.getPicker() };
    });
    this.#channel.updateState(connectivityState.READY, createAffinityPicker(replicas, this.#underWay), null);
  }

  #wait(state: connectivityState): void {
    this.#isReady = false;
    this.#channel.updateState(state, new experimental.QueuePicker(this), null);
  }

  #fail(because: string): void {
    this.#isReady = false;
    const details = `no replica is connected: ${because}`;
    const picker = new experimental.UnavailablePicker({ details });
    this.#channel.updateState(connectivityState.TRANSIENT_FAILURE, picker, details);
  }

  /** Its replicas are connected to, or tried again, by themselves. */
  exitIdle(): void {}

  resetBackoff(): void {}

  #stopGathering(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
  }

  destroy(): void {
    this.#stopGathering();
    for (const replica of this.#replicas) replica.destroy();
    this.#replicas = [];
  }

  getTypeName(): string {
    return AFFINITY_POLICY;
  }
}

experimental.registerLoadBalancerType(AFFINITY_POLICY, AffinityBalancer, AffinityConfig);
