/** How password hashes are written down, as whole values. Bare hex digests look like any id and are not among them. */
const SHAPES: readonly RegExp[] = [
  // crypt(3) and all that took its form: bcrypt, argon2 and other PHC strings, phpass, Drupal, Apache's
  /^\$[\w-]{1,32}\$\S{8,}$/,
  // RFC 2307 ({SSHA}, {CRYPT}) and Spring's {bcrypt}
  /^\{(s?sha-?\d*|s?md5|crypt|bcrypt|scrypt|argon2\w*|pbkdf2[\w-]*)\}\S{8,}$/i,
  // Django, and before it sha1$…; Werkzeug's pbkdf2:sha256:…$
  /^(pbkdf2|bcrypt|argon2|scrypt|sha\d{1,3}|md5)(_\w+)?\$\S{8,}$/i,
  /^(pbkdf2|scrypt)(:\w{1,10}){1,3}\$\S{8,}$/i,
  // what PostgreSQL and MySQL keep of their users' passwords, ASP.NET Identity
  /^SCRAM-SHA-\d{1,3}\$\S{8,}$/i,
  /^md5[0-9a-f]{32}$/i,
  /^\*[0-9A-F]{40}$/i,
  /^AQAAAA[A-Za-z0-9+/]{40,}={0,2}$/,
];

/** Whether a text has the shape of a password hash. */
export const isHash = (text: string): boolean => SHAPES.some((shape) => shape.test(text));
