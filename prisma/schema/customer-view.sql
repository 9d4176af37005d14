-- What begins with a text is a range of an index only where texts compare byte by byte, whatever the database's language.
ALTER TABLE "search_word" ALTER COLUMN "word" TYPE text COLLATE "C";
ALTER TABLE "search_identifier" ALTER COLUMN "value" TYPE text COLLATE "C";

CREATE INDEX "search_entry_number" ON "search_entry" ("brand", "resource_id" COLLATE "C");
CREATE INDEX "search_entry_also" ON "search_entry" USING gin ("also") WHERE "also" <> '{}';
CREATE INDEX "search_word_near" ON "search_word" USING gin ("near");
CREATE INDEX "search_word_unchecked" ON "search_word" ("id") WHERE NOT "checked";

-- Whether two spellings of a telephone number can be one number (search-text.ts, isSamePhone): digits, with + where the country is among them.
CREATE FUNCTION "tandem_same_phone"("a" text, "b" text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN ltrim(a, '+') = ltrim(b, '+') THEN ltrim(a, '+') <> ''
    WHEN a LIKE '+%' AND b LIKE '+%' THEN false
    WHEN length(ltrim(a, '+')) > length(ltrim(b, '+')) THEN b NOT LIKE '+%' AND right(a, length(b)) = b AND length(ltrim(a, '+')) - length(b) <= 3
    ELSE a NOT LIKE '+%' AND right(b, length(a)) = a AND length(ltrim(b, '+')) - length(a) <= 3
  END
$$;
