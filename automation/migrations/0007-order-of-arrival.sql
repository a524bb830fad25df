-- Safe to repeat: it once had another number.
-- Of two rows for one position the true one is the one that arrived first. Anyone who may insert may also set the row_id of an identity column, and would
-- come first with a low one: so the order of arrival is counted here, whatever the row says.
create or replace function count_arrival() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  new.row_id := nextval(pg_get_serial_sequence(format('%I.%I', tg_table_schema, tg_table_name), 'row_id'));
  return new;
end $$;
create or replace trigger in_order_of_arrival before insert on evidence for each row execute function count_arrival();
create or replace trigger in_order_of_arrival before insert on evidence_node for each row execute function count_arrival();
create or replace trigger in_order_of_arrival before insert on evidence_checkpoint for each row execute function count_arrival();
create or replace trigger in_order_of_arrival before insert on evidence_key for each row execute function count_arrival();
