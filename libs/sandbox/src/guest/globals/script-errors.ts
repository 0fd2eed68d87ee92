/** The classes by which a script says what went wrong, where a plain `Error` leaves it open. */
function errorClass(name: string): typeof Error {
  const { [name]: named } = {
    [name]: class extends Error {
      constructor(message?: string, options?: ErrorOptions) {
        super(message, options);
      }
    },
  };
  const made = named as typeof Error;
  Object.defineProperty(made.prototype, 'name', { value: name, writable: true, configurable: true });
  return made;
}

export const scriptErrors = {
  WrongUsernameOrPasswordError: errorClass('WrongUsernameOrPasswordError'),
  UserNotFoundError: errorClass('UserNotFoundError'),
  UserExistsError: errorClass('UserExistsError'),
  ValidationError: errorClass('ValidationError'),
};
