// @ts-check
import { aquaman } from './aquaman.mjs';
import { governance } from './governance.mjs';
import { hypercore } from './hypercore.mjs';
import { llmAuditLog } from './llm-audit-log.mjs';
import { sealtrail } from './sealtrail.mjs';

/** Sealtrail first: the others are held against it. @type {readonly import('./peer.mjs').Peer[]} */
export const PEERS = [sealtrail, governance, aquaman, llmAuditLog, hypercore];
