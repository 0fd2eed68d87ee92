import { plainHost } from '@userferry/script-contract';

/** What clouds call the services that hand out a machine's credentials: AWS, GCP, Azure, Equinix, IBM, Oracle, Tencent, Rancher. */
const NAMES = new Set([
  'instance-data',
  'instance-data.ec2.internal',
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'metadata.azure.internal',
  'metadata.azure.com',
  'metadata.packet.net',
  'metadata.platformequinix.com',
  'api.metadata.cloud.ibm.com',
  'metadata.oraclecloud.com',
  'metadata.tencentyun.com',
  'rancher-metadata',
]);

/** Is it the name of a metadata service, wherever it leads to? */
export const isMetadataName = (host: string): boolean => NAMES.has(plainHost(host));
