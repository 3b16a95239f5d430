"""Where each sender is with each file type, kept by triggers, and what was loaded on each day (decision 59)."""

import django.db.models.deletion
from django.db import migrations, models

# The first file in a chain of corrections owes what it left out; what the later ones have loaded is taken off. A whole
# file that takes the place of another owes its own errors at least.
FUNCTIONS = """
CREATE FUNCTION uploads_rows_to_fix(asked bigint) RETURNS integer LANGUAGE plpgsql STABLE AS $$
DECLARE
    upload record;
BEGIN
    SELECT coalesce(error_count, 0) - coalesce(held_count, 0) AS to_fix, corrected_by_id INTO upload
        FROM uploads_upload WHERE id = asked;
    IF upload.to_fix <= 0 OR EXISTS (
        SELECT FROM uploads_upload WHERE id = upload.corrected_by_id AND state = 'finished'
    ) THEN
        RETURN 0;
    END IF;
    RETURN greatest(upload.to_fix - (
        SELECT count(*) FROM uploads_waitingrow WHERE upload_id = asked AND state IN ('waiting', 'loaded')
    ), 0);
END $$;
CREATE FUNCTION uploads_rows_to_go(asked bigint) RETURNS integer LANGUAGE plpgsql STABLE AS $$
DECLARE
    own integer := uploads_rows_to_fix(asked);
    owed integer;
    loaded integer;
    root bigint;
BEGIN
    IF (SELECT follows_id FROM uploads_upload WHERE id = asked) IS NULL
        AND NOT EXISTS (SELECT FROM uploads_upload WHERE follows_id = asked) THEN
        RETURN own;
    END IF;
    WITH RECURSIVE earlier (id, follows_id, depth) AS (
        SELECT id, follows_id, 0 FROM uploads_upload WHERE id = asked
        UNION ALL
        SELECT before.id, before.follows_id, depth + 1 FROM earlier JOIN uploads_upload before
            ON before.id = earlier.follows_id WHERE depth < 100
    )
    SELECT id INTO root FROM earlier JOIN uploads_upload USING (id)
        WHERE state = 'finished' AND NOT check_only AND sha256 <> '' ORDER BY depth DESC LIMIT 1;
    IF root IS NULL THEN
        RETURN own;
    END IF;
    owed := uploads_rows_to_fix(root);
    WITH RECURSIVE later (id, depth) AS (
        SELECT root, 0
        UNION ALL
        SELECT after.id, depth + 1 FROM later JOIN uploads_upload after ON after.follows_id = later.id WHERE depth < 100
    )
    SELECT coalesce(sum(row_count - uploads_rows_to_fix(upload.id)), 0) INTO loaded
        FROM later JOIN uploads_upload upload USING (id)
        WHERE depth > 0 AND state = 'finished' AND NOT check_only;
    RETURN greatest(own, owed - loaded);
END $$;
CREATE FUNCTION uploads_note_last_file(place integer, of_year integer, of_type text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    sender integer;
    places integer[];
    known bigint;
BEGIN
    SELECT CASE WHEN kind = 'School' THEN coalesce(parent_id, id) ELSE id END INTO sender
        FROM reference_organization WHERE id = place;
    -- Whoever ends an upload beside this one waits here for the lock on the line, and then sees it.
    INSERT INTO uploads_lastfile AS line (organization_id, school_year_id, file_type)
        VALUES (sender, of_year, of_type)
        ON CONFLICT (school_year_id, file_type, organization_id) DO UPDATE SET row_count = line.row_count
        RETURNING id INTO known;
    SELECT array_agg(id) INTO places FROM (
        SELECT sender AS id UNION SELECT id FROM reference_organization WHERE parent_id = sender AND kind = 'School'
    ) own;
    WITH last AS (
        SELECT file.* FROM unnest(places) place (id) CROSS JOIN LATERAL (
            SELECT id, sent_at, state, coalesce(row_count, 0) AS row_count, uploads_rows_to_go(id) AS error_count
            FROM uploads_upload WHERE organization_id = place.id AND school_year_id = of_year AND file_type = of_type
                AND NOT check_only AND sha256 <> '' AND incident_id = '' AND state IN ('finished', 'failed')
                AND (plan_sha256 = '' OR expected_plan_sha256 = '' OR plan_sha256 = expected_plan_sha256)
            ORDER BY sent_at DESC, id DESC LIMIT 1
        ) file
    ), act AS (
        SELECT id, sent_at FROM uploads_upload
        WHERE organization_id = ANY(places) AND school_year_id = of_year AND file_type = of_type
            AND nothing_for_id IS NOT NULL AND state = 'finished'
        ORDER BY sent_at DESC, id DESC LIMIT 1
    ), newest AS (
        SELECT id, sent_at FROM (SELECT id, sent_at FROM last UNION ALL SELECT id, sent_at FROM act) every
        ORDER BY sent_at DESC, id DESC LIMIT 1
    ), counted AS (
        SELECT count(*) AS file_count, coalesce(sum(row_count), 0)::integer AS rows,
            coalesce(sum(error_count), 0)::integer AS errors, bool_or(state = 'failed') AS has_refused FROM last
    )
    UPDATE uploads_lastfile SET
        upload_id = (SELECT id FROM newest), sent_at = (SELECT newest.sent_at FROM newest), row_count = rows,
        error_count = errors,
        standing = CASE WHEN has_refused OR errors > 0 THEN 'errors' WHEN file_count > 0 THEN 'clean'
            WHEN EXISTS (SELECT FROM act) THEN 'nothing' ELSE 'none' END
    FROM counted WHERE uploads_lastfile.id = known;
END $$;
CREATE FUNCTION uploads_note_of_upload() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM uploads_note_last_file(NEW.organization_id, NEW.school_year_id, NEW.file_type);
    RETURN NULL;
END $$;
CREATE FUNCTION uploads_note_of_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- In one order, so that two that touch the same never wait for each other.
    PERFORM uploads_note_last_file(organization_id, school_year_id, file_type) FROM (
        SELECT DISTINCT organization_id, school_year_id, file_type FROM before JOIN after USING (id)
        JOIN uploads_upload upload ON upload.id = after.upload_id
        WHERE (before.state IN ('waiting', 'loaded')) <> (after.state IN ('waiting', 'loaded')) ORDER BY 1, 2, 3
    ) touched;
    RETURN NULL;
END $$;
"""
TRIGGERS = """
CREATE TRIGGER upload_notes_last_file_of_new AFTER INSERT ON uploads_upload FOR EACH ROW
    WHEN (NOT NEW.check_only AND NEW.state IN ('finished', 'failed'))
    EXECUTE FUNCTION uploads_note_of_upload();
CREATE TRIGGER upload_notes_last_file AFTER UPDATE ON uploads_upload FOR EACH ROW
    WHEN (NOT NEW.check_only AND NEW.state IN ('finished', 'failed', 'undone') AND (
        (OLD.state, OLD.error_count, OLD.held_count, OLD.corrected_by_id)
        IS DISTINCT FROM (NEW.state, NEW.error_count, NEW.held_count, NEW.corrected_by_id)))
    EXECUTE FUNCTION uploads_note_of_upload();
CREATE TRIGGER waits_note_last_file AFTER UPDATE ON uploads_waitingrow REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION uploads_note_of_waits();
"""
# The list of senders is in the order of their names; a state has many more schools than senders.
SENDERS = """
CREATE INDEX organization_senders_by_name ON reference_organization (name, id) WHERE kind IN ('SAU', 'CTE School')
"""
UNDO = """
DROP TRIGGER waits_note_last_file ON uploads_waitingrow;
DROP TRIGGER upload_notes_last_file ON uploads_upload;
DROP TRIGGER upload_notes_last_file_of_new ON uploads_upload;
DROP FUNCTION uploads_note_of_waits();
DROP FUNCTION uploads_note_of_upload();
DROP FUNCTION uploads_note_last_file(integer, integer, text);
DROP FUNCTION uploads_rows_to_go(bigint);
DROP FUNCTION uploads_rows_to_fix(bigint);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0014_decisions_about_requests'),
        ('reference', '0003_organization_identifiers'),
        ('uploads', '0027_waiting_rows'),
    ]

    operations = [
        migrations.CreateModel(
            name='LastFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_type', models.CharField(max_length=100)),
                ('sent_at', models.DateTimeField(null=True)),
                ('standing', models.CharField(choices=[('none', 'Nothing sent'), ('nothing', 'Nothing to report'), ('errors', 'Errors'), ('clean', 'Clean')], db_default='none', default='none', max_length=10)),
                ('row_count', models.IntegerField(db_default=0, default=0)),
                ('error_count', models.IntegerField(db_default=0, default=0)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.organization')),
                ('school_year', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.schoolyear')),
                ('upload', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='uploads.upload')),
            ],
            options={
                'indexes': [models.Index(fields=['organization', 'school_year'], name='last_file_by_sender')],
                'constraints': [models.UniqueConstraint(fields=('school_year', 'file_type', 'organization'), include=('standing',), name='last_file_once'), models.CheckConstraint(condition=models.Q(('standing__in', ['none', 'nothing', 'errors', 'clean'])), name='last_file_standing_is_known')],
            },
        ),
        migrations.CreateModel(
            name='RuleDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('file_type', models.CharField(max_length=100)),
                ('code', models.CharField(max_length=10)),
                ('severity', models.CharField(max_length=10)),
                ('upload_count', models.IntegerField()),
                ('finding_count', models.BigIntegerField()),
                ('school_year', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.schoolyear')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('school_year', 'day', 'file_type', 'code', 'severity'), name='rule_day_once')],
            },
        ),
        migrations.CreateModel(
            name='UploadDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('file_type', models.CharField(max_length=100)),
                ('upload_count', models.IntegerField()),
                ('loaded_count', models.BigIntegerField()),
                ('left_count', models.BigIntegerField()),
                ('school_year', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.schoolyear')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('school_year', 'day', 'file_type'), name='upload_day_once')],
            },
        ),
        migrations.CreateModel(
            name="EnrollmentClaim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entry_date", models.DateField()),
                ("exit_date", models.DateField(null=True)),
                ("since", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "sau",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="reference.organization",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="reference.organization",
                    ),
                ),
                (
                    "school_year",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="reference.schoolyear",
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+", to="records.student",
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+",
                        to="uploads.upload",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)), fields=["school_year", "sau"],
                        name="enrollment_claim_open_of_sau",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("student", "school_year", "school", "entry_date"),
                        name="enrollment_claim_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("exit_date__isnull", True), ("exit_date__gte", models.F("entry_date")), _connector="OR"
                        ),
                        name="enrollment_claim_exit_not_before_entry",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FUNCTIONS + TRIGGERS, UNDO),
        migrations.RunSQL(SENDERS, "DROP INDEX organization_senders_by_name"),
    ]
