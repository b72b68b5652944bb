// mongodb-memory-server-core's declarations use semver's, which it does not bring along.
declare module 'semver' {
  export class SemVer {}
}
