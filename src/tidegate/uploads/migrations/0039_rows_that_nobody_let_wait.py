"""A row that nobody has let wait may wait again when a newer upload is undone, also by the release before: that lets
all rows wait whose place the upload had taken, and keeps none that nobody let wait."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION uploads_only_may_wait() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.state := 'may';
    RETURN NEW;
END $$;
"""
TRIGGER = """
CREATE TRIGGER nobody_let_the_row_wait BEFORE UPDATE ON uploads_waitingrow
    FOR EACH ROW WHEN (NEW.state = 'waiting' AND NEW.chosen_by_id IS NULL)
    EXECUTE FUNCTION uploads_only_may_wait();
"""
BACK = "DROP TRIGGER nobody_let_the_row_wait ON uploads_waitingrow; DROP FUNCTION uploads_only_may_wait()"


class Migration(migrations.Migration):

    dependencies = [
        ("uploads", "0038_waits_counted_once"),
    ]

    operations = [
        migrations.RunSQL([FUNCTION, TRIGGER], BACK),
    ]
