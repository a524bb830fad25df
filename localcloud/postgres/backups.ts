/** The public interface of this folder's backups, for the server: base backups, the WAL archive, and reading them. */
export { takeBaseBackup, takeColdBackup, takeCopy } from "./base-backup";
export { type BackupManifest, readManifest } from "./backup-manifest";
export { verifyPages } from "./page-verification";
export { archiveHeartbeat, ensureArchive, removeSegmentsBefore } from "./wal-archive";
