/** Secrets by their id; the first of the list is the current one, the others are for what was made before. */
export type Ring = { readonly currentId: string; readonly secrets: ReadonlyMap<string, Buffer> };

export const SECRET_BYTES = 32;

const ENTRY = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/_-]+={0,2})$/;

/** Reads `id:base64,id:base64`, 32 bytes each. Says what is wrong without repeating anything of it. */
export const parseRing = (text: string): Ring | { readonly problem: string } => {
  const entries = text.split(',').map((entry) => ENTRY.exec(entry.trim()));
  const secrets = new Map<string, Buffer>();
  for (const entry of entries) {
    if (entry === null) return { problem: 'must be ID:BASE64 with commas between, the current one first' };
    const secret = Buffer.from(entry[2] ?? '', 'base64');
    if (secret.length !== SECRET_BYTES) return { problem: `must have ${SECRET_BYTES} bytes in each entry, as base64` };
    secrets.set(entry[1] ?? '', secret);
  }
  if (secrets.size !== entries.length) return { problem: 'must not name an id twice' };
  return { currentId: entries[0]?.[1] ?? '', secrets };
};

/** The reverse of `parseRing`. */
export const formatRing = ({ currentId, secrets }: Ring): string =>
  [...secrets]
    .sort(([a], [b]) => Number(b === currentId) - Number(a === currentId))
    .map(([id, secret]) => `${id}:${secret.toString('base64')}`)
    .join(',');
