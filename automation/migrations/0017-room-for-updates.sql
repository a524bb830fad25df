-- A run is updated a dozen times. With room beside it the new version stays in
-- its page, and no index needs another entry for it.
alter table run set (fillfactor = 50);
