-- No slot has more appointments than it holds, whatever the code does.
ALTER TABLE "appointment_slot"
  ADD CONSTRAINT "appointment_slot_not_overbooked" CHECK ("taken" BETWEEN 0 AND "capacity"),
  ADD CONSTRAINT "appointment_slot_ends_after_start" CHECK ("starts_at" < "ends_at");

ALTER TABLE "appointment_booking"
  ADD CONSTRAINT "appointment_booking_slot_exists" FOREIGN KEY ("brand", "calendar_id", "starts_at")
    REFERENCES "appointment_slot" ("brand", "calendar_id", "starts_at");
