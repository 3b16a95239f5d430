"""References of CTE records are checked once per statement instead of four times per row (decision 20), and one index
serves both the groups and the history of a student."""

import django.db.models.deletion
from django.db import migrations, models

CHECK = """
CREATE FUNCTION records_check_cte_references() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        WITH named AS (SELECT DISTINCT student_id FROM brought), held AS (
            SELECT number FROM records_student JOIN named ON number = student_id FOR KEY SHARE OF records_student
        )
        SELECT FROM named WHERE NOT EXISTS (SELECT FROM held WHERE number = student_id)
    ) OR EXISTS (
        WITH named AS (SELECT DISTINCT sau_id AS id FROM brought UNION SELECT DISTINCT school_id FROM brought), held AS (
            SELECT organization.id FROM reference_organization organization JOIN named USING (id)
            FOR KEY SHARE OF organization
        )
        SELECT FROM named WHERE NOT EXISTS (SELECT FROM held WHERE held.id = named.id)
    ) OR EXISTS (
        WITH named AS (SELECT DISTINCT school_year_id FROM brought), held AS (
            SELECT year.first FROM reference_schoolyear year JOIN named ON year.first = school_year_id
            FOR KEY SHARE OF year
        )
        SELECT FROM named WHERE NOT EXISTS (SELECT FROM held WHERE held.first = school_year_id)
    ) THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'a CTE record names a student, an organization or a school year that does not exist',
            TABLE = 'records_cterecord', CONSTRAINT = 'cte_record_references';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER cte_record_references AFTER INSERT ON records_cterecord REFERENCING NEW TABLE AS brought
    FOR EACH STATEMENT EXECUTE FUNCTION records_check_cte_references();

CREATE FUNCTION records_keep_what_a_version_says() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE integrity_constraint_violation USING
        MESSAGE = 'a version is never overwritten: another one replaces it', TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER cte_record_stays BEFORE UPDATE OF student_id, school_year_id, sau_id, school_id ON records_cterecord
    FOR EACH ROW EXECUTE FUNCTION records_keep_what_a_version_says();

CREATE FUNCTION records_keep_what_is_named() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_named boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM records_cterecord WHERE %s)', TG_ARGV[0]) INTO is_named USING OLD;
    IF is_named THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'a CTE record names it', TABLE = TG_TABLE_NAME, CONSTRAINT = 'cte_record_references';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER student_is_named BEFORE DELETE OR UPDATE OF number ON records_student
    FOR EACH ROW EXECUTE FUNCTION records_keep_what_is_named('student_id = $1.number');
CREATE TRIGGER organization_is_named BEFORE DELETE OR UPDATE OF id ON reference_organization
    FOR EACH ROW EXECUTE FUNCTION records_keep_what_is_named('$1.id IN (sau_id, school_id)');
CREATE TRIGGER school_year_is_named BEFORE DELETE OR UPDATE OF first ON reference_schoolyear
    FOR EACH ROW EXECUTE FUNCTION records_keep_what_is_named('school_year_id = $1.first');
"""
UNDO = """
DROP TRIGGER school_year_is_named ON reference_schoolyear;
DROP TRIGGER organization_is_named ON reference_organization;
DROP TRIGGER student_is_named ON records_student;
DROP TRIGGER cte_record_stays ON records_cterecord;
DROP TRIGGER cte_record_references ON records_cterecord;
DROP FUNCTION records_keep_what_is_named();
DROP FUNCTION records_keep_what_a_version_says();
DROP FUNCTION records_check_cte_references();
"""


def without_constraint(name, to, related_name="+"):
    return migrations.AlterField(
        model_name="cterecord",
        name=name,
        field=models.ForeignKey(
            db_constraint=False,
            db_index=False,
            on_delete=django.db.models.deletion.PROTECT,
            related_name=related_name,
            to=to,
        ),
    )


class Migration(migrations.Migration):

    dependencies = [
        ("records", "0006_students_by_name"),
        ("reference", "0001_school_years_organizations_codes"),
    ]

    operations = [
        without_constraint("student", "records.student", related_name="cte_records"),
        without_constraint("school_year", "reference.schoolyear"),
        without_constraint("sau", "reference.organization"),
        without_constraint("school", "reference.organization"),
        migrations.RunSQL(CHECK, UNDO),
        migrations.RemoveIndex(model_name="cterecord", name="cte_records_of_student"),
        migrations.RemoveIndex(model_name="cterecord", name="cte_record_group"),
        migrations.AddIndex(
            model_name="cterecord",
            index=models.Index(fields=["student", "school_year", "school", "cte_code"], name="cte_record_group"),
        ),
    ]
