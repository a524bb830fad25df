-- Which findings a run has opened and closed: `shipshape show` prints them with the run.
create index finding_event_of_request on finding_event (request_id);
