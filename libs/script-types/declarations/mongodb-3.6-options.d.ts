/** What scripts of the driver's 3.6 days say, and `require('mongodb')` still takes. */
declare module 'mongodb' {
  export interface MongoClientOptions {
    /** @deprecated has no effect any more */
    useNewUrlParser?: boolean;
    /** @deprecated has no effect any more */
    useUnifiedTopology?: boolean;
    /** @deprecated is `maxPoolSize` now */
    poolSize?: number;
  }
  /** @deprecated is `ObjectId` now */
  export { ObjectId as ObjectID } from 'not-for-scripts:bson/bson';
}
