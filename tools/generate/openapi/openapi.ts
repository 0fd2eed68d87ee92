import { readFileSync } from 'node:fs';
import { createFileRegistry, type DescMethod, type DescService, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { type Comments, commentsOf } from './comments.ts';
import { schemasOf } from './schemas.ts';
import { SESSION_PATHS, SESSION_SCHEMAS } from './session-paths.ts';

const PUBLIC = /^userferry\.(identity|management)\./;

/** The JSON API of the gateway as an OpenAPI 3.1 document, from the contracts and their comments. */
export const openApi = (descriptorSetFile: string): string => {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(descriptorSetFile)));
  const services = [...registry].filter((type): type is DescService => type.kind === 'service').filter(isPublic);
  const comments = commentsOf([...registry.files]);
  const paths = services.flatMap((service) => service.methods.map((method) => callPath(method, comments)));
  const document = {
    openapi: '3.1.1',
    info: {
      title: 'Userferry',
      version: '1',
      description:
        'Every call of identity-gateway in JSON. Messages are in the JSON mapping of proto3; a number is taken as text, too. See docs/api.md.',
    },
    tags: [
      ...services.map(({ name, typeName }) => ({ name, description: comments(typeName) })),
      { name: 'Session', description: 'How the console signs in.' },
    ],
    security: [{ bearer: [] }, { session: [], csrf: [] }],
    paths: { ...Object.fromEntries(paths), ...SESSION_PATHS },
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key, or a token of the configured issuer.' },
        session: { type: 'apiKey', in: 'cookie', name: '__Host-userferry_session' },
        csrf: { type: 'apiKey', in: 'header', name: 'x-userferry-csrf', description: 'Always `1`.' },
      },
      responses: {
        Refused: {
          description: 'Why not.',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Refusal' } } },
        },
      },
      schemas: { ...schemasOf(services, comments), ...SESSION_SCHEMAS },
    },
  };
  return `${JSON.stringify(document, null, 1)}\n`;
};

const isPublic = ({ typeName }: DescService): boolean => PUBLIC.test(typeName);

const callPath = ({ name, parent, input, output }: DescMethod, comments: Comments): [string, object] => {
  const comment = comments(parent.typeName, name);
  const schema = (message: string) => ({
    'application/json': { schema: { $ref: `#/components/schemas/${message}` } },
  });
  const post = {
    operationId: `${parent.name}_${name}`,
    tags: [parent.name],
    ...(comment !== '' && { description: comment }),
    requestBody: { required: true, content: schema(input.name) },
    responses: {
      200: { description: 'The answer.', content: schema(output.name) },
      default: { $ref: '#/components/responses/Refused' },
    },
  };
  return [`/api/v1/${parent.name}/${name}`, { post }];
};
