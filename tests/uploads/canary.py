"""A file whose cells are known when they are seen again, and a database that says in an error what it was given."""

from tidegate.file_types import find

CANARY = "CaNaRy77"
NUMBER = "900000001"
HEADER = ",".join(find("cte").layout.columns)
GOOD = f"1000,2001,{NUMBER},{CANARY},01.0205,2020-09-01,,1.50,"
BAD = ",".join([CANARY] * 9)
BREAK = """
CREATE FUNCTION tell_all() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a fault that tells all: %', NEW; END $$;
CREATE TRIGGER tell_all BEFORE INSERT ON records_cterecord FOR EACH ROW EXECUTE FUNCTION tell_all();
"""
HELD_BY_OTHERS = """
CREATE FUNCTION is_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'held' USING ERRCODE = '{held}'; END $$;
CREATE TRIGGER is_held BEFORE {of} ON {table} FOR EACH ROW EXECUTE FUNCTION is_held();
"""
