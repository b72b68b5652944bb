import type { JsonObject } from '@sealtrail/format';

/** The released version of the schema that this mapping was made for. */
export const OCSF_VERSION = '1.8.0';

/** Application Activity, API Activity. */
export const CATEGORY_UID = 6;
export const CLASS_UID = 6003;

/** `activity_id` of the class. */
export type ActivityId = 1 | 2 | 3 | 4 | 99;
/** `status_id`: Unknown, Success, Failure. */
export type StatusId = 0 | 1 | 2;
/** `severity_id`: Unknown, Informational, Low, Medium. */
export type SeverityId = 0 | 1 | 2 | 3;

/** Object `user`. */
export interface OcsfUser {
  readonly uid: string;
  readonly type_id: 1 | 4;
  readonly type: string;
}

/** Object `actor`. */
export interface OcsfActor {
  readonly user?: OcsfUser;
  readonly app_uid?: string;
  readonly session?: { readonly uid: string };
}

/** Object `resource_details`. */
export interface OcsfResource {
  readonly type: string;
  readonly uid: string;
  readonly role_id: 0 | 1 | 4;
  readonly role: string;
}

/** Profile `ai_operation`, which is where the release has a place for an AI agent. */
export interface OcsfAiOperation {
  readonly ai_model?: { readonly name: string; readonly ai_provider: string };
  readonly message_context?: {
    readonly ai_role_id: 4;
    readonly ai_role: 'Agent';
    readonly application: { readonly uid: string; readonly version?: string };
    readonly uid?: string;
  };
}

/** Class `api_activity`, with the attributes that an entry can fill. */
export interface OcsfApiActivity extends OcsfAiOperation {
  readonly category_uid: typeof CATEGORY_UID;
  readonly class_uid: typeof CLASS_UID;
  readonly activity_id: ActivityId;
  readonly activity_name: string;
  readonly type_uid: number;
  readonly time: number;
  readonly severity_id: SeverityId;
  readonly severity: string;
  readonly status_id: StatusId;
  readonly status: string;
  readonly status_code?: string;
  readonly message: string;
  readonly metadata: {
    readonly version: typeof OCSF_VERSION;
    readonly product: { readonly name: string; readonly vendor_name: string };
    readonly profiles?: readonly string[];
    readonly uid: string;
    readonly original_event_uid: string;
    readonly sequence: number;
    readonly log_name: string;
    readonly tenant_uid: string;
    readonly log_version: string;
    readonly event_code: string;
    readonly original_time: string;
    readonly correlation_uid?: string;
  };
  readonly actor: OcsfActor;
  readonly api: { readonly operation: string; readonly request?: { readonly uid: string } };
  readonly src_endpoint: { readonly name: string };
  readonly resources?: readonly OcsfResource[];
  readonly trace?: { readonly uid: string };
  readonly raw_data: string;
  readonly raw_data_hash: {
    readonly algorithm_id: 99;
    readonly algorithm: string;
    readonly value: string;
  };
  readonly unmapped: JsonObject;
}
