"""Where new state student numbers come from, and how people are found by their names."""

from typing import ClassVar

from django.db import migrations

# The fold is coarser than the one of `core.stored.fold_person`: only Latin letters and digits stay. So the index finds
# at least everybody whom that one calls equal, and that one then decides. It depends on no locale.
_MAKE = """
CREATE FUNCTION records_fold(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURNS NULL ON NULL INPUT AS $$
    SELECT lower(regexp_replace(normalize(name, NFKD) COLLATE "C", '[^A-Za-z0-9]', '', 'g') COLLATE "C")
$$;
CREATE INDEX student_versions_of_person
    ON records_studentversion (date_of_birth, records_fold(last_name), records_fold(first_name))
    WHERE replaced_at IS NULL;
-- 00000000x is kept for sample files; numbers from 9 on are never given, so that demos can use them.
CREATE SEQUENCE records_new_number MINVALUE 100000000 MAXVALUE 899999999;
CREATE FUNCTION records_next_number() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    number_drawn text;
BEGIN
    LOOP
        number_drawn := lpad(nextval('records_new_number')::text, 9, '0');
        EXIT WHEN NOT EXISTS (SELECT FROM records_student WHERE number = number_drawn);
    END LOOP;
    RETURN number_drawn;
END
$$;
CREATE INDEX number_requests_given ON records_numberrequest (student_id)
    WHERE outcome IN ('created', 'different person');
"""
_UNDO = """
DROP INDEX number_requests_given;
DROP FUNCTION records_next_number();
DROP SEQUENCE records_new_number;
DROP INDEX student_versions_of_person;
DROP FUNCTION records_fold(text);
"""


class Migration(migrations.Migration):
    """Functions, a sequence and an index over a function: Django's models cannot say these."""

    dependencies: ClassVar = [("records", "0002_number_requests_and_answer_lines")]
    operations: ClassVar = [migrations.RunSQL(_MAKE, _UNDO)]
