/** The people of a seed database. Their passwords are no secrets: `ada-Secret-1` and so on. */
export const PEOPLE = ['ada', 'grace', 'alan', 'edsger', 'barbara'].map((name, index) => ({
  id: index + 1,
  email: `${name}@example.com`,
  phone: `+1212555010${index + 1}`,
  username: name,
  nickname: name.charAt(0).toUpperCase() + name.slice(1),
  password: `${name}-Secret-1`,
}));
