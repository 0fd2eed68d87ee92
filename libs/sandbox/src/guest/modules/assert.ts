import assert from 'assert/';

export { assert };
