-- Schedules and lists read the latest requests, of which there are more with each drill.
create index request_received on request (received_at);
