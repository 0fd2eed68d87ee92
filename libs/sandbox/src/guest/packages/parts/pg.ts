import { type Package, prototypesOf } from './instances.ts';

/** Types that pg reads, and gives no names: of shapes, arrays and ranges. */
const UNNAMED_TYPES = [
  199, 600, 651, 718, 791, 1000, 1001, 1005, 1007, 1008, 1009, 1014, 1015, 1016, 1017, 1021, 1022, 1028, 1040, 1041,
  1115, 1182, 1183, 1185, 1187, 1231, 1270, 2951, 3807, 3907,
];

/** A script may put on a parser what it likes, whether or not it sets another in its place. */
function parsersOf({ builtins, getTypeParser }: Package): unknown[] {
  const types = [...Object.values(builtins), ...UNNAMED_TYPES];
  return types.flatMap((type) => [getTypeParser(type, 'text'), getTypeParser(type, 'binary')]);
}

export const ofPg = ({ Client, types }: Package): unknown[] => [
  ...parsersOf(types),
  ...prototypesOf(new Client().connectionParameters),
];
