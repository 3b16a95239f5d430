"""Triggers that let nobody change or remove an event, whoever asks."""

from typing import ClassVar

from django.db import migrations

_REFUSE = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_event_not_truncated BEFORE TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""
_ALLOW = """
DROP TRIGGER audit_event_not_truncated ON audit_event;
DROP TRIGGER audit_event_append_only ON audit_event;
DROP FUNCTION audit_refuse_change();
"""


class Migration(migrations.Migration):
    """TRUNCATE has a trigger of its own, so that a test database can be emptied between tests."""

    dependencies: ClassVar = [("audit", "0001_events")]
    operations: ClassVar = [migrations.RunSQL(_REFUSE, _ALLOW)]
