-- What a row of the evidence log says is decided by its signature and by the signed head, never by its columns: they are an index. So a forged
-- row must not take a position, an id or a node from the true one, and nothing here is unique except the order of arrival.
alter table evidence drop constraint evidence_pkey, drop constraint evidence_id_key, drop constraint evidence_request_id_kind_key, drop constraint evidence_kind_check,
  add column row_id bigint generated always as identity primary key,
  alter column request_id drop not null, alter column target drop not null, alter column expires_on drop not null,
  add constraint evidence_kind_check check (kind in ('verdict', 'teardown', 'key-change'));
create index evidence_place on evidence (log_index, row_id);
create index evidence_of_request on evidence (request_id);
create index evidence_key_changes on evidence (log_index) where kind = 'key-change';

alter table evidence_node drop constraint evidence_node_pkey, add column row_id bigint generated always as identity primary key;
create index evidence_node_place on evidence_node (level, index, row_id);

alter table evidence_checkpoint drop constraint evidence_checkpoint_pkey, add column row_id bigint generated always as identity primary key;
create index evidence_checkpoint_size on evidence_checkpoint (size desc, row_id desc);

-- The keys the log was ever signed with, as verifier keys. A first-time reader of the log trusts the first of them, and remembers it.
create table evidence_key (
  row_id bigint generated always as identity primary key,
  verifier_key text not null,
  added_at timestamptz not null default clock_timestamp()
);
create trigger append_only before update or delete or truncate on evidence_key for each statement execute function refuse_change();

-- A run that has ended owes its statement until it is sealed. Earlier runs keep what they have.
alter table run add column verdict_sealed_at timestamptz;
update run set verdict_sealed_at = finished_at where finished_at is not null;
create index run_to_seal on run (request_id) where verdict_sealed_at is null;
