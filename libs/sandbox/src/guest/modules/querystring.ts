import * as base from 'querystring-es3';

export const querystring = { ...base };
