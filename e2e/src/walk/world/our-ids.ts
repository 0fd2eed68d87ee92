/** Our ids, by the numbers under which the model has them. */
export type OurIds = {
  /** `u1` for the first that is seen. */
  readonly nameOf: (userId: string) => string;
  readonly userIdOf: (name: string) => string;
};

export const createOurIds = (): OurIds => {
  const seen: string[] = [];
  return {
    nameOf: (userId) => {
      if (!seen.includes(userId)) seen.push(userId);
      return `u${seen.indexOf(userId) + 1}`;
    },
    userIdOf: (name) => {
      const userId = seen[Number(name.slice(1)) - 1];
      if (userId === undefined) throw new Error(`no answer has shown ${name} yet`);
      return userId;
    },
  };
};
