/** What drivers call out of their own bundles, under the name `#reuse`. */
export { mongodbFirstLook, mongodbSocket, mongodbTarget, mongodbWelcome } from './mongodb.ts';
export { mysqlTarget } from './mysql.ts';
export { isTediousSession, joinTls, tediousTarget } from './tedious.ts';
