-- The whole schema, version 1. Later versions are steps of their own (migrate.go); this file is never edited.
--
-- Every id is the number of the version that made the thing: it is never used twice, also after a deletion, and no
-- sequence table has to be kept. Times are microseconds since 1970, UTC.

CREATE TABLE store (
	id      INTEGER PRIMARY KEY CHECK (id = 1),
	uuid    TEXT    NOT NULL,
	mac_key BLOB    NOT NULL CHECK (length(mac_key) = 32),
	created INTEGER NOT NULL
) STRICT;

CREATE TABLE epoch (
	n            INTEGER PRIMARY KEY AUTOINCREMENT,
	id           TEXT    NOT NULL UNIQUE,
	parent       TEXT    NOT NULL,
	fork         INTEGER NOT NULL,
	acknowledged INTEGER NOT NULL CHECK (acknowledged IN (0, 1))
) STRICT;

-- login is the folded name. Neither it nor the slug is ever issued again, so both are unique among the deleted, too.
CREATE TABLE principal (
	id           INTEGER PRIMARY KEY,
	uuid         TEXT    NOT NULL UNIQUE,
	name         TEXT    NOT NULL,
	login        TEXT    NOT NULL UNIQUE,
	slug         TEXT    NOT NULL UNIQUE,
	display_name TEXT    NOT NULL,
	admin        INTEGER NOT NULL CHECK (admin IN (0, 1)),
	disabled     INTEGER NOT NULL CHECK (disabled IN (0, 1)),
	deleted      INTEGER NOT NULL CHECK (deleted IN (0, 1)),
	created      INTEGER NOT NULL,
	-- of what lives under the roof
	collections  INTEGER NOT NULL DEFAULT 0,
	items        INTEGER NOT NULL DEFAULT 0,
	bytes        INTEGER NOT NULL DEFAULT 0,
	-- bytes of all versions ever
	history      INTEGER NOT NULL DEFAULT 0,
	-- of the newest version of this history
	chain        BLOB    NOT NULL CHECK (length(chain) = 32)
) STRICT;

CREATE TABLE address (
	principal INTEGER NOT NULL REFERENCES principal (id),
	position  INTEGER NOT NULL,
	address   TEXT    NOT NULL,
	PRIMARY KEY (principal, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX address_address ON address (address);

CREATE TABLE member (
	principal INTEGER NOT NULL REFERENCES principal (id), -- the group
	member    INTEGER NOT NULL REFERENCES principal (id),
	PRIMARY KEY (principal, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_member ON member (member);

CREATE TABLE delegate (
	principal INTEGER NOT NULL REFERENCES principal (id),
	delegate  INTEGER NOT NULL REFERENCES principal (id),
	access    TEXT    NOT NULL CHECK (access IN ('read', 'write')),
	PRIMARY KEY (principal, delegate)
) STRICT, WITHOUT ROWID;
CREATE INDEX delegate_delegate ON delegate (delegate);

CREATE TABLE credential (
	id        INTEGER PRIMARY KEY,
	principal INTEGER NOT NULL REFERENCES principal (id),
	kind      TEXT    NOT NULL CHECK (kind IN ('login', 'app')),
	label     TEXT    NOT NULL,
	scope     TEXT    NOT NULL CHECK (scope IN ('full', 'read')),
	key       TEXT    NOT NULL,
	secret    TEXT    NOT NULL,
	created   INTEGER NOT NULL,
	last_used INTEGER NOT NULL DEFAULT 0,
	revoked   INTEGER NOT NULL DEFAULT 0 CHECK (revoked IN (0, 1))
) STRICT;
CREATE INDEX credential_principal ON credential (principal);
CREATE UNIQUE INDEX credential_key ON credential (key) WHERE key <> '';
CREATE UNIQUE INDEX credential_login ON credential (principal) WHERE kind = 'login' AND revoked = 0;

CREATE TABLE collection (
	id         INTEGER PRIMARY KEY,
	public_id  TEXT    NOT NULL UNIQUE,
	owner      INTEGER NOT NULL REFERENCES principal (id),
	kind       TEXT    NOT NULL CHECK (kind IN ('calendars', 'addressbooks')),
	slug       TEXT    NOT NULL,
	components TEXT, -- upper case, between commas; NULL: all
	seq        INTEGER NOT NULL DEFAULT 0,
	home_seq   INTEGER NOT NULL,
	changed    INTEGER NOT NULL, -- version
	mark       BLOB    NOT NULL CHECK (length(mark) = 6), -- its root begins with it
	is_default INTEGER NOT NULL CHECK (is_default IN (0, 1)),
	created    INTEGER NOT NULL,
	modified   INTEGER NOT NULL,
	deleted    INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
	-- the collection that left this slug for another one: a tombstone for the home to tell, and nothing that could be undeleted
	renamed    INTEGER REFERENCES collection (id) CHECK (renamed IS NULL OR deleted = 1),
	items      INTEGER NOT NULL DEFAULT 0,
	bytes      INTEGER NOT NULL DEFAULT 0,
	v4         INTEGER NOT NULL DEFAULT 0 -- living cards of version 4.0
) STRICT;
CREATE UNIQUE INDEX collection_slug ON collection (owner, kind, slug) WHERE deleted = 0;
CREATE INDEX collection_home ON collection (owner, kind, changed);

CREATE TABLE share (
	id         INTEGER PRIMARY KEY,
	collection INTEGER NOT NULL REFERENCES collection (id),
	principal  INTEGER NOT NULL REFERENCES principal (id), -- under whose roof
	slug       TEXT    NOT NULL,
	access     TEXT    NOT NULL CHECK (access IN ('read', 'write')),
	state      TEXT    NOT NULL CHECK (state IN ('invited', 'accepted', 'declined', 'revoked')),
	home_seq   INTEGER NOT NULL,
	changed    INTEGER NOT NULL,
	created    INTEGER NOT NULL,
	UNIQUE (collection, principal)
) STRICT;
CREATE INDEX share_home ON share (principal, changed);

CREATE TABLE body (
	id    INTEGER PRIMARY KEY,
	hash  BLOB    NOT NULL CHECK (length(hash) = 32),
	bytes BLOB    NOT NULL
) STRICT;

CREATE TRIGGER body_is_not_updated BEFORE UPDATE ON body
BEGIN SELECT RAISE(ABORT, 'bodies are sacred'); END;

CREATE TABLE object (
	id   INTEGER PRIMARY KEY,
	uuid BLOB    NOT NULL UNIQUE CHECK (length(uuid) = 16),
	item INTEGER -- where it lives; NULL in the trash
) STRICT;

-- One row a name that was ever used: the change log of its collection, never pruned.
CREATE TABLE item (
	id            INTEGER PRIMARY KEY,
	collection    INTEGER NOT NULL REFERENCES collection (id),
	seq           INTEGER NOT NULL,
	object        INTEGER NOT NULL REFERENCES object (id),
	body          INTEGER NOT NULL REFERENCES body (id),
	size          INTEGER NOT NULL,
	created       INTEGER NOT NULL,
	modified      INTEGER NOT NULL,
	deleted       INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
	v4            INTEGER NOT NULL CHECK (v4 IN (0, 1)),
	properties    INTEGER NOT NULL DEFAULT 0,
	facts_version INTEGER NOT NULL, -- of Describe; 0: to be read again
	name          TEXT    NOT NULL,
	uid           TEXT    NOT NULL,
	component     TEXT    NOT NULL,
	schedule_tag  TEXT    NOT NULL DEFAULT '',
	hash          BLOB    NOT NULL CHECK (length(hash) = 32),
	uuid          BLOB    NOT NULL CHECK (length(uuid) = 16) -- of the object
) STRICT;
CREATE UNIQUE INDEX item_name ON item (collection, name);
CREATE UNIQUE INDEX item_seq ON item (collection, seq);
CREATE INDEX item_uid ON item (collection, uid) WHERE deleted = 0;
CREATE INDEX item_facts ON item (collection, facts_version);
CREATE INDEX item_properties ON item (collection) WHERE properties > 0 AND deleted = 0;

-- Of living items only.
CREATE TABLE span (
	collection INTEGER NOT NULL,
	alarm      INTEGER NOT NULL CHECK (alarm IN (0, 1)),
	until      INTEGER NOT NULL,
	since      INTEGER NOT NULL,
	item       INTEGER NOT NULL REFERENCES item (id),
	PRIMARY KEY (collection, alarm, until, since, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX span_item ON span (item);

-- What filters look into, folded. Of living items only.
CREATE TABLE item_text (
	item INTEGER PRIMARY KEY REFERENCES item (id),
	text TEXT    NOT NULL
) STRICT;

-- scope: 'collection', 'object', 'principal', or the home's kind ('calendars', 'addressbooks').
-- own: 0, or the sharee whose own value it is.
CREATE TABLE property (
	scope   TEXT    NOT NULL,
	subject INTEGER NOT NULL,
	own     INTEGER NOT NULL DEFAULT 0,
	space   TEXT    NOT NULL,
	local   TEXT    NOT NULL,
	xml     BLOB    NOT NULL,
	PRIMARY KEY (scope, subject, own, space, local)
) STRICT, WITHOUT ROWID;

-- Everything that ever happened, in order. digest = SHA-256 of salt, name, agent, payload and hash: those can be
-- erased on a person's right and chain still holds. chain runs through one principal's versions, root through all.
CREATE TABLE version (
	id         INTEGER PRIMARY KEY,
	time       INTEGER NOT NULL,
	principal  INTEGER NOT NULL,
	actor      INTEGER NOT NULL,
	credential INTEGER NOT NULL,
	collection INTEGER NOT NULL,
	object     INTEGER NOT NULL,
	item       INTEGER NOT NULL,
	seq        INTEGER NOT NULL,
	body       INTEGER NOT NULL,
	size       INTEGER NOT NULL,
	event      TEXT    NOT NULL,
	name       TEXT,
	agent      TEXT,
	payload    BLOB,
	salt       BLOB,
	hash       BLOB,
	digest     BLOB    NOT NULL CHECK (length(digest) = 32),
	chain      BLOB    NOT NULL CHECK (length(chain) = 32),
	root       BLOB    NOT NULL CHECK (length(root) = 32)
) STRICT;
CREATE INDEX version_principal ON version (principal);
CREATE INDEX version_object ON version (object) WHERE object > 0;

CREATE TRIGGER version_is_not_updated BEFORE UPDATE ON version
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER version_is_not_deleted BEFORE DELETE ON version
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER version_is_not_replaced BEFORE INSERT ON version
WHEN EXISTS (SELECT 1 FROM version WHERE id >= NEW.id)
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

CREATE TABLE refused (
	id         INTEGER PRIMARY KEY,
	time       INTEGER NOT NULL,
	principal  INTEGER NOT NULL REFERENCES principal (id),
	collection INTEGER NOT NULL,
	name       TEXT    NOT NULL,
	condition  TEXT    NOT NULL,
	actor      INTEGER NOT NULL,
	credential INTEGER NOT NULL,
	agent      TEXT    NOT NULL,
	hash       BLOB    NOT NULL CHECK (length(hash) = 32),
	bytes      BLOB    NOT NULL
) STRICT;
CREATE INDEX refused_principal ON refused (principal, hash);

CREATE TABLE outgoing (
	id        INTEGER PRIMARY KEY,
	time      INTEGER NOT NULL,
	principal INTEGER NOT NULL REFERENCES principal (id),
	object    INTEGER NOT NULL,
	recipient TEXT    NOT NULL,
	method    TEXT    NOT NULL,
	bytes     BLOB    NOT NULL,
	tries     INTEGER NOT NULL DEFAULT 0,
	next_try  INTEGER NOT NULL,
	state     TEXT    NOT NULL CHECK (state IN ('waiting', 'sent', 'given-up'))
) STRICT;
CREATE INDEX outgoing_next ON outgoing (next_try) WHERE state = 'waiting';
