import type { RunUsage } from '@userferry/contracts/json-types';

/** Where the time went: what was waited for, and the whole. */
export const Timings = ({ usage }: { readonly usage: RunUsage }) => {
  const parts = [
    { name: 'Connect', ms: usage.connectMs },
    { name: 'Query', ms: usage.queryMs },
    { name: 'Hash', ms: usage.hashMs },
    { name: 'Total', ms: usage.wallMs },
  ].filter((part): part is { name: string; ms: number } => part.ms !== undefined);
  const longest = Math.max(...parts.map(({ ms }) => ms), 1);
  return (
    <section className="result-part" aria-label="Timings">
      <h3>Timings</h3>
      <dl className="timings">
        {parts.map(({ name, ms }) => (
          <div key={name} className="timing">
            <dt>{name}</dt>
            <dd>
              <span className="timing-bar" aria-hidden="true">
                <span style={{ width: `${Math.max((100 * ms) / longest, 0.5)}%` }} />
              </span>
              <span className="timing-ms">{ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
};
