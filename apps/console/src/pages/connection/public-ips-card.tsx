import { useQuery } from '@tanstack/react-query';
import { send } from '../../api/send.ts';
import { Card } from '../../components/card.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Loaded } from '../../components/page-state.tsx';
import { Time } from '../../components/time.tsx';

type PublicIps = { readonly data: { readonly ips: readonly string[]; readonly updatedAt?: string } };

/** The addresses that connections to a database come from, for its firewall. */
export const PublicIpsCard = () => {
  const query = useQuery({
    queryKey: ['public-ips'],
    queryFn: ({ signal }) => send<PublicIps>('GET', '/api/system/public-ips', undefined, signal),
  });
  return (
    <Card
      title="Public IPs"
      description="Our connections to your database come from these addresses: open your firewall for them."
      aside={
        query.data &&
        query.data.data.ips.length > 0 && <CopyButton what="Addresses" text={query.data.data.ips.join('\n')} />
      }
    >
      <Loaded query={query} what="public IPs">
        {({ data: { ips, updatedAt } }) =>
          ips.length === 0 ? (
            <p className="quiet">No address is known yet. Each script-runner reports its own soon after it starts.</p>
          ) : (
            <>
              <ul className="chips">
                {ips.map((ip) => (
                  <li key={ip} className="chip mono">
                    {ip}
                  </li>
                ))}
              </ul>
              <p className="quiet small">
                Last changed <Time at={updatedAt} />
              </p>
            </>
          )
        }
      </Loaded>
    </Card>
  );
};
