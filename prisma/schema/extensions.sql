-- One schema for each version of a name, whoever registers at the same time.
CREATE UNIQUE INDEX "extension_schema_version" ON "extension_schema" ("brand", ("doc" ->> 'name'), ("doc" ->> 'version'));
