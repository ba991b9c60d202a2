-- The server's signed word on whose an actor is, as it came (CBOR of wire::message::ActorName); empty: none came.
-- A server that was restored from an older backup is shown it, and knows again who wrote what this device holds.
ALTER TABLE actor ADD COLUMN warrant BLOB NOT NULL DEFAULT x'';
