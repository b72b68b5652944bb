export { makeRequest, type TimestampRequest } from './request.ts';
export { readResponse } from './response.ts';
export { type Timestamp, verifyToken } from './token.ts';
