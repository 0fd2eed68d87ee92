/** What a JSON document can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** A JSON object. */
export type JsonObject = { readonly [name: string]: Json };

/** Every profile field but `id` and `customData`, with what it holds. Source: contract, "The user profile". */
export const PROFILE_FIELDS = {
  username: 'string',
  email: 'string',
  emailVerified: 'boolean',
  phone: 'string',
  phoneVerified: 'boolean',
  nickname: 'string',
  name: 'string',
  givenName: 'string',
  familyName: 'string',
  middleName: 'string',
  preferredUsername: 'string',
  photo: 'url',
  profile: 'url',
  website: 'url',
  gender: 'gender',
  birthdate: 'string',
  zoneinfo: 'string',
  locale: 'string',
  company: 'string',
  address: 'string',
  formatted: 'string',
  streetAddress: 'string',
  locality: 'string',
  region: 'string',
  postalCode: 'string',
  city: 'string',
  province: 'string',
  country: 'string',
  token: 'string',
  tokenExpiredAt: 'string',
  loginsCount: 'count',
  lastLogin: 'date',
  lastIp: 'string',
  signedUp: 'date',
  blocked: 'boolean',
  isDeleted: 'boolean',
  device: 'string',
  browser: 'string',
  registerSource: 'strings',
  externalId: 'string',
  createdAt: 'date',
  updatedAt: 'date',
} as const;

type FieldTypes = {
  string: string;
  url: string;
  gender: 'M' | 'F' | 'U';
  date: string;
  boolean: boolean;
  count: number;
  strings: readonly string[];
};

/** Name of a profile field with a type of its own. */
export type ProfileField = keyof typeof PROFILE_FIELDS;

/** What kind of value a field holds. */
export type ProfileFieldKind = keyof FieldTypes;

/** What is known about a person. Dates are ISO 8601. What a script left out or set to null is absent. */
export type Profile = { readonly [F in ProfileField]?: FieldTypes[(typeof PROFILE_FIELDS)[F]] } & {
  readonly customData?: JsonObject;
};

/** Sizes in bytes of UTF-8. A profile beyond them is refused rather than cut. */
export const PROFILE_LIMITS = {
  stringBytesMax: 4 * 1024,
  urlBytesMax: 8 * 1024,
  registerSourcesMax: 64,
  customDataBytesMax: 64 * 1024,
} as const;
