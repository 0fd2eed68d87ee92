import { configureTextEncoding, getTextEncoding } from '@bufbuild/protobuf/wire';

const encoding = getTextEncoding();

/**
 * Text that is no UTF-8 makes its message unreadable, as protobuf's specification of `string` wants: with its bytes replaced by
 * U+FFFD, different passwords would become one.
 */
configureTextEncoding({ ...encoding, decodeUtf8: (bytes) => encoding.decodeUtf8(bytes, true) });
