"""Seals of events, and what waits for one: from now on each new event, whatever release adds it."""

from django.db import migrations, models

_AWAIT = """
CREATE FUNCTION audit_await_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_unsealed (event_id, transaction_id)
    SELECT id, pg_current_xact_id()::text::bigint FROM added ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER audit_event_awaits_seal AFTER INSERT ON audit_event REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION audit_await_seal();
"""
_DO_NOT_AWAIT = """
DROP TRIGGER audit_event_awaits_seal ON audit_event;
DROP FUNCTION audit_await_seal();
"""
_REFUSE = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""
_ALLOW = """
DROP TRIGGER {table}_not_truncated ON {table};
DROP TRIGGER {table}_append_only ON {table};
"""


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0006_events_by_origin_and_student'),
    ]

    operations = [
        migrations.CreateModel(
            name='Unsealed',
            fields=[
                ('event_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('transaction_id', models.BigIntegerField()),
            ],
            options={
                'db_table': 'audit_unsealed',
            },
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('form', models.SmallIntegerField()),
                ('event_ids', models.JSONField()),
                ('digests', models.BinaryField()),
                ('late_ids', models.JSONField()),
                ('event_count', models.BigIntegerField()),
                ('last_id', models.BigIntegerField()),
                ('next_transaction_id', models.BigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
            ],
            options={
                'indexes': [models.Index(fields=['at'], name='seal_by_time')],
            },
        ),
        migrations.CreateModel(
            name='Head',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
                ('document', models.JSONField()),
            ],
        ),
        migrations.RunSQL(_AWAIT, _DO_NOT_AWAIT),
        migrations.RunSQL(_REFUSE.format(table='audit_seal'), _ALLOW.format(table='audit_seal')),
        migrations.RunSQL(_REFUSE.format(table='audit_head'), _ALLOW.format(table='audit_head')),
    ]
