import { type Day, roundUp } from './days.ts';

const [WIDTH, HEIGHT, LEFT, FOOT, TOP] = [720, 200, 44, 22, 10];
const PLOT = HEIGHT - FOOT - TOP;
const SLOT = (WIDTH - LEFT) / 30;

const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const NUMBER = new Intl.NumberFormat();

/** Who moved over on each day. What the picture shows, the table beneath it says. */
export const DaysChart = ({ days }: { readonly days: readonly Day[] }) => {
  const top = roundUp(Math.max(...days.map(({ migrated }) => migrated)));
  const y = (value: number) => TOP + PLOT * (1 - value / top);
  const total = days.reduce((sum, { migrated }) => sum + migrated, 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls on a phone, and must by keyboard too
    <figure className="chart" tabIndex={0}>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Users migrated on each of the last thirty days, ${NUMBER.format(total)} in all`}
      >
        {[0, 0.5, 1].map((part) => (
          <g key={part}>
            <line className="chart-grid" x1={LEFT} x2={WIDTH} y1={y(top * part)} y2={y(top * part)} />
            {Number.isInteger(top * part) && (
              <text className="chart-text" x={LEFT - 8} y={y(top * part) + 4} textAnchor="end">
                {NUMBER.format(top * part)}
              </text>
            )}
          </g>
        ))}
        {days.map((day, index) => (
          <Bar key={day.date} day={day} x={LEFT + index * SLOT} top={y(day.migrated)} label={labelAt(index, days)} />
        ))}
      </svg>
    </figure>
  );
};

type Label = 'none' | 'middle' | 'end';

/** Today has one, and so has each day that is whole weeks before; that of today would not have room in the middle. */
const labelAt = (index: number, { length }: { readonly length: number }): Label => {
  const before = length - 1 - index;
  if (before % 7 !== 0) return 'none';
  return before === 0 ? 'end' : 'middle';
};

type BarProps = { readonly day: Day; readonly x: number; readonly top: number; readonly label: Label };

const Bar = ({ day, x, top, label }: BarProps) => (
  <g>
    <rect className="chart-bar" x={x + 3} y={top} width={SLOT - 6} height={HEIGHT - FOOT - top} rx="2">
      <title>{`${DAY.format(new Date(day.date))}: ${NUMBER.format(day.migrated)} migrated`}</title>
    </rect>
    {label !== 'none' && (
      <text className="chart-text" x={label === 'end' ? x + SLOT : x + SLOT / 2} y={HEIGHT - 6} textAnchor={label}>
        {DAY.format(new Date(day.date))}
      </text>
    )}
  </g>
);

export const DaysTable = ({ days }: { readonly days: readonly Day[] }) => (
  <details className="returned">
    <summary>The same as a table</summary>
    <table className="table">
      <thead>
        <tr>
          <th scope="col">Day (UTC)</th>
          <th scope="col">Migrated</th>
          <th scope="col">Logins</th>
          <th scope="col">Of these by your database</th>
        </tr>
      </thead>
      <tbody>
        {days.toReversed().map(({ date, migrated, logins, legacyLogins }) => (
          <tr key={date}>
            <th scope="row">{date}</th>
            <td>{NUMBER.format(migrated)}</td>
            <td>{NUMBER.format(logins)}</td>
            <td>{NUMBER.format(legacyLogins)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </details>
);
