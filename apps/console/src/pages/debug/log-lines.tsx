import type { LogLine } from '@userferry/contracts/json-types';

/** What the script printed, with the time since it began. */
export const LogLines = ({ lines }: { readonly lines: readonly LogLine[] }) => (
  <section className="result-part" aria-label="Console">
    <h3>Console</h3>
    {lines.length === 0 ? (
      <p className="quiet small">Nothing was printed.</p>
    ) : (
      <ol className="code log-lines">
        {lines.map(({ level, text, atMs }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines never move, and two may be alike
          <li key={index} className={`log-line log-${level}`}>
            <span className="log-at">{Math.round(atMs)} ms</span>
            <span className="log-level">{level}</span>
            <span className="log-text">{text}</span>
          </li>
        ))}
      </ol>
    )}
  </section>
);
