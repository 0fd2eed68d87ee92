import { type Company, member, type Ports } from '@userferry/local-services';

export type Invitation = Company & { readonly ports: Ports; readonly operatorKey: string };

/** What to try while the demo is up: endpoints, keys, three commands. */
export const printInvitation = ({ ports, operatorKey, adminKey, edgeKey, userPoolId }: Invitation): void => {
  const { mail, password } = member(4);
  const curl = (key: string, method: string, data: unknown) =>
    `npx buf curl --protocol grpc --http2-prior-knowledge -H 'authorization: Bearer ${key}' \\\n    -d '${JSON.stringify(data)}' http://127.0.0.1:${ports.gateway}/userferry.${method}`;
  console.log(`
It is up. Ctrl-C ends it and leaves nothing behind.

  gRPC     127.0.0.1:${ports.gateway}   (reflection and health are on)
  HTTP     http://127.0.0.1:${ports.http}
  console  http://127.0.0.1:${ports.http}/console/   (sign in with the operator key, or the admin key)

  user pool      ${userPoolId}
  operator key   ${operatorKey}
  admin key      ${adminKey}
  edge key       ${edgeKey}

Three things to try:

  ${curl(edgeKey, 'identity.v1.IdentityService/Login', { userPoolId, email: mail, password })}

  ${curl(adminKey, 'management.v1.ConnectionService/GetConnection', { userPoolId })}

  curl http://127.0.0.1:${ports.http}/api/system/public-ips
`);
};
