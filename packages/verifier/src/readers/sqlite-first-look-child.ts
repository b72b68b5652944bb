// The process of sqlite-first-look.ts: it opens the file that it is given, and ends. The connection is not closed: whoever closes a file
// last empties its write-ahead log, and this one is not asked to change anything.

import Driver from 'libsql';

const db = new Driver(process.argv[2] as string);
db.exec('PRAGMA query_only = ON');
db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get();
process.exit();
