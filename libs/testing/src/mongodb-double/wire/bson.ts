import { type Document, deserialize, serialize } from 'bson';

/**
 * Reads a document so that writing it again gives the same bytes: numbers keep their kind (Int32, Double, Long), regular
 * expressions and binaries stay BSON's own objects. (Keys that look like array indexes still come first, as in every
 * JavaScript object.)
 */
const readDocument = (bytes: Uint8Array): Document =>
  deserialize(bytes, { promoteValues: false, promoteBuffers: false, bsonRegExp: true });

/** Writes a document; `undefined` is left out. */
export const writeDocument = (document: Document): Uint8Array => serialize(document, { ignoreUndefined: true });

/** The document as an application sees it by default: plain numbers, RegExp. */
export const promoteDocument = (document: Document): Document => deserialize(writeDocument(document));

/** The document as the server would hold it, of whatever plain values it is made. */
export const normalizeDocument = (document: Document): Document => readDocument(writeDocument(document));

/** Reads the document that begins at an offset, and says where it ends. Throws where it is longer than the bytes. */
export const readDocumentAt = (bytes: Buffer, offset: number): { document: Document; end: number } => {
  const end = offset + bytes.readInt32LE(offset);
  if (end > bytes.length || end < offset + 5) throw new RangeError('a document is longer than its message');
  return { document: readDocument(bytes.subarray(offset, end)), end };
};
