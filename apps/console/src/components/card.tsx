import { type ReactNode, useId } from 'react';

type CardProps = {
  readonly title: string;
  readonly description?: ReactNode;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
};

/** A section of a page, a landmark under its heading. */
export const Card = ({ title, description, aside, children }: CardProps) => {
  const id = useId();
  return (
    <section className="card" aria-labelledby={id}>
      <header className="card-head">
        <div>
          <h2 id={id}>{title}</h2>
          {description !== undefined && <p className="quiet">{description}</p>}
        </div>
        {aside}
      </header>
      {children}
    </section>
  );
};
