-- No line has more ports held than it has, whatever the code does.
ALTER TABLE "capacity_line" ADD CONSTRAINT "capacity_line_not_overbooked" CHECK ("held" >= 0 AND ("ports" IS NULL OR "held" <= "ports"));
