"""The roster of every SAU, kept by triggers (decision 21): the student list is found at once also where a SAU has tens
of thousands of students among tens of millions."""

from django.db import migrations, models

_PUT = """
INSERT INTO records_rosterline (sau_id, school_year_id, last_key, first_key, student_id)
SELECT DISTINCT place.sau_id, enrolled.school_year_id, UPPER(known.last_name) COLLATE "C",
    UPPER(known.first_name) COLLATE "C", enrolled.student_id
FROM {who} JOIN reference_organization school ON school.id = enrolled.school_id
CROSS JOIN LATERAL (VALUES (enrolled.sau_id), (school.parent_id)) place (sau_id)
WHERE enrolled.replaced_at IS NULL AND known.replaced_at IS NULL AND place.sau_id IS NOT NULL
ORDER BY 1, 2, 3, 4, 5 ON CONFLICT DO NOTHING
"""
_ALL = _PUT.format(who="records_enrollment enrolled JOIN records_studentversion known USING (student_id)")
_MOVED = _PUT.format(
    who="before JOIN after ON after.id = before.id AND after.parent_id IS DISTINCT FROM before.parent_id"
    " JOIN records_enrollment enrolled ON enrolled.school_id = after.id"
    " JOIN records_studentversion known USING (student_id)"
)
# Planned anew each time: what is right for an import of millions is not for the next file of ten rows. Nothing slips
# between two transactions: whoever brings enrollments or names has locked the students, and no school moves meanwhile.
FUNCTIONS = f"""
CREATE FUNCTION records_fill_roster() RETURNS void LANGUAGE sql AS $${_ALL}$$;
CREATE FUNCTION records_put_on_roster() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('a school moves', 0));
    EXECUTE format($q${_PUT.format(who="%s")}$q$, TG_ARGV[0]);
    RETURN NULL;
END $$;
CREATE FUNCTION records_move_school_on_roster() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM before JOIN after USING (id) WHERE after.parent_id IS DISTINCT FROM before.parent_id) THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('a school moves', 0));
        EXECUTE $q${_MOVED}$q$;
    END IF;
    RETURN NULL;
END $$;
"""
TRIGGERS = """
CREATE TRIGGER enrollment_on_roster AFTER INSERT ON records_enrollment REFERENCING NEW TABLE AS brought
    FOR EACH STATEMENT EXECUTE FUNCTION records_put_on_roster(
        'brought enrolled JOIN records_studentversion known USING (student_id)');
CREATE TRIGGER name_on_roster AFTER INSERT ON records_studentversion REFERENCING NEW TABLE AS brought
    FOR EACH STATEMENT EXECUTE FUNCTION records_put_on_roster(
        'brought known JOIN records_enrollment enrolled USING (student_id)');
CREATE TRIGGER school_on_roster AFTER UPDATE ON reference_organization REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION records_move_school_on_roster();
"""
UNDO = """
DROP TRIGGER school_on_roster ON reference_organization;
DROP TRIGGER name_on_roster ON records_studentversion;
DROP TRIGGER enrollment_on_roster ON records_enrollment;
DROP FUNCTION records_move_school_on_roster();
DROP FUNCTION records_put_on_roster();
DROP FUNCTION records_fill_roster();
"""

class Migration(migrations.Migration):

    dependencies = [
        ("records", "0007_references_by_statement"),
        ("reference", "0001_school_years_organizations_codes"),
    ]

    operations = [
        migrations.CreateModel(
            name="RosterLine",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "sau_id",
                        "school_year_id",
                        "last_key",
                        "first_key",
                        "student_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("sau_id", models.IntegerField()),
                ("school_year_id", models.IntegerField()),
                ("last_key", models.TextField(db_collation="C")),
                ("first_key", models.TextField(db_collation="C")),
                ("student_id", models.CharField(max_length=9)),
            ],
        ),
        migrations.RunSQL(FUNCTIONS + TRIGGERS, UNDO),
        migrations.RunSQL("SELECT records_fill_roster()", migrations.RunSQL.noop),
    ]
