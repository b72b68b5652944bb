export {
  type AuditedToolConfig,
  type AuditServerOptions,
  auditServer,
  type Extra,
  PROPOSAL,
  type ServerAudit,
} from './audit-server.ts';
