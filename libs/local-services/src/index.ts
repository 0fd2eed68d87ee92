export {
  type LogFacts,
  SERVICE_NAMES,
  type ServiceLine,
  type ServiceName,
  type ServiceProcess,
} from './service-process.ts';
export {
  type LocalServices,
  type LocalServicesOptions,
  type Ports,
  startLocalServices,
} from './start-local-services.ts';
