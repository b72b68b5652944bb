export type { AuditedCall, Execute, ToolSettings } from './audited-tool.ts';
export type { AuditOptions } from './options.ts';
export type { PendingCall } from './pending.ts';
export type { Run } from './run-items.ts';
export {
  type ApproveCall,
  auditTools,
  type DecideCalls,
  type EditCall,
  type RejectCall,
  type ToolAudit,
} from './tool-audit.ts';
