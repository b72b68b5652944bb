import { z } from 'zod';

// Written by hand from the released schema, OCSF 1.8.0: events/application/api_activity.json, events/base_event.json, the
// profiles ai_operation and trace, and the objects that they name. Required attributes are required here, those that the
// schema does not have are refused, and "at least one" is what the schema's constraints say.

const text = z.string().min(1);
const atLeastOne =
  (...names: string[]) =>
  (value: object): boolean =>
    names.some((name) => name in value);

const user = z
  .strictObject({
    uid: text.optional(),
    name: text.optional(),
    type: text.optional(),
    type_id: z.literal([0, 1, 2, 3, 4, 99]).optional(),
  })
  .refine(atLeastOne('account', 'name', 'uid'));

const actor = z
  .strictObject({
    user: user.optional(),
    app_uid: text.optional(),
    app_name: text.optional(),
    session: z.strictObject({ uid: text.optional() }).optional(),
  })
  .refine(atLeastOne('process', 'user', 'invoked_by', 'session', 'app_name', 'app_uid'));

const resource = z
  .strictObject({
    uid: z.string().optional(),
    name: text.optional(),
    type: text.optional(),
    role: text.optional(),
    role_id: z.literal([0, 1, 2, 3, 4, 99]).optional(),
  })
  .refine(atLeastOne('name', 'uid'));

const metadata = z.strictObject({
  version: z.literal('1.8.0'),
  product: z
    .strictObject({ name: text.optional(), uid: text.optional(), vendor_name: text.optional() })
    .refine(atLeastOne('name', 'uid')),
  profiles: z.array(z.enum(['ai_operation', 'trace'])).optional(),
  uid: text.optional(),
  original_event_uid: text.optional(),
  sequence: z.int().optional(),
  log_name: text.optional(),
  tenant_uid: text.optional(),
  log_version: text.optional(),
  event_code: text.optional(),
  original_time: text.optional(),
  correlation_uid: z.string().optional(),
});

const fingerprint = z
  .strictObject({
    algorithm: text.optional(),
    algorithm_id: z.int().min(0).max(99),
    value: text,
  })
  .refine(({ algorithm, algorithm_id }) => algorithm_id !== 99 || algorithm !== undefined);

const aiModel = z.strictObject({ name: text, ai_provider: text, version: text.optional() });
const messageContext = z
  .strictObject({
    ai_role_id: z.literal([0, 1, 2, 3, 4, 5, 6, 99]).optional(),
    ai_role: text.optional(),
    application: z
      .strictObject({ uid: text.optional(), name: text.optional(), version: text.optional() })
      .refine(atLeastOne('uid', 'name'))
      .optional(),
    uid: text.optional(),
  })
  .refine(atLeastOne('application', 'service'));

const ACTIVITIES: Readonly<Record<number, string>> = { 1: 'Create', 2: 'Read', 3: 'Update', 4: 'Delete' };
const STATUSES: Readonly<Record<number, string>> = { 0: 'Unknown', 1: 'Success', 2: 'Failure' };
const SEVERITIES = ['Unknown', 'Informational', 'Low', 'Medium', 'High', 'Critical', 'Fatal'];

/** An event of the class API Activity. */
export const apiActivity = z
  .strictObject({
    category_uid: z.literal(6),
    class_uid: z.literal(6003),
    activity_id: z.literal([0, 1, 2, 3, 4, 99]),
    activity_name: text.optional(),
    type_uid: z.int(),
    time: z.int(),
    severity_id: z.int().min(0).max(6),
    severity: text.optional(),
    status_id: z.literal([0, 1, 2, 99]).optional(),
    status: text.optional(),
    status_code: z.string().optional(),
    message: text.optional(),
    metadata,
    actor,
    api: z.strictObject({ operation: text, request: z.strictObject({ uid: z.string() }).optional() }),
    src_endpoint: z
      .strictObject({ name: text.optional(), uid: text.optional(), svc_name: text.optional() })
      .refine(atLeastOne('name', 'uid', 'svc_name')),
    resources: z.array(resource).optional(),
    raw_data: z.string().optional(),
    raw_data_hash: fingerprint.optional(),
    unmapped: z.record(z.string(), z.unknown()).optional(),
    ai_model: aiModel.optional(),
    message_context: messageContext.optional(),
    trace: z.strictObject({ uid: z.string() }).optional(),
  })
  .refine((event) => event.type_uid === event.class_uid * 100 + event.activity_id, 'type_uid')
  // A sibling is the caption of its id; with 99 it is the source's own, and has to be there.
  .refine(({ activity_id: id, activity_name: name }) => name === (ACTIVITIES[id] ?? name) && name !== '')
  .refine(({ activity_id, activity_name }) => activity_id !== 99 || activity_name !== undefined)
  .refine(({ status_id, status }) => status === STATUSES[status_id ?? -1])
  .refine(({ severity_id, severity }) => severity === SEVERITIES[severity_id])
  // Attributes of a profile need the profile to be named.
  .refine(({ ai_model, message_context, metadata: { profiles = [] } }) => {
    return (ai_model ?? message_context) === undefined || profiles.includes('ai_operation');
  }, 'ai_operation')
  .refine(({ trace, metadata: { profiles = [] } }) => {
    return trace === undefined || profiles.includes('trace');
  }, 'trace');
