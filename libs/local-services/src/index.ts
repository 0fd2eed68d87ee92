export { createLogin, type EdgeOptions, type Login } from './company/create-login.ts';
export { type LegacyDatabase, MEMBERS, type Member, member, startLegacyDatabase } from './company/legacy-database.ts';
export {
  type Company,
  type CompanyOptions,
  sampleScriptFile,
  sampleScripts,
  setUpCompany,
} from './company/set-up-company.ts';
export { whenThereIsRoom } from './company/when-there-is-room.ts';
export { inheritedEnv } from './config.ts';
export { type LocalUserferry, type LocalUserferryOptions, startLocalUserferry } from './local-userferry.ts';
export { type LocalWorld, type LocalWorldOptions, startLocalWorld } from './local-world.ts';
export type { Ports } from './ports.ts';
export {
  type LogFacts,
  SERVICE_NAMES,
  type ServiceLine,
  type ServiceName,
  type ServiceProcess,
  startServiceProcess,
} from './service-process.ts';
export {
  type LocalServices,
  type LocalServicesOptions,
  startLocalServices,
  TWIN_NAMES,
  type TwinName,
} from './start-local-services.ts';
