"""Gives the program's own database role what it needs, where another role owns the tables.

In the audit log that is to add and to read: not even the program could change an event.
"""

from psycopg.sql import SQL, Identifier

from tidegate.core.errors import Refusal

_APPEND_ONLY = ("audit_event", "audit_seal", "audit_head")
_WRITTEN_ONCE = (
    "accountability_frozenline",
    "accountability_frozenfinding",
    "accountability_frozenwarning",
    "accountability_materializedquery",
    "accountability_materializedrow",
    "accountability_signature",
    "accountability_certificate",
    "accountability_explanation",
    "accountability_warningexplanation",
    "accountability_publication",
)
# What a snapshot says of its lines is written once, too. Its state moves on; the hash comes when the lines are there.
_SNAPSHOT = "accountability_snapshot"
_MOVES_ON = ("state", "sha256", "has_noted_warnings")
_ROLE = """
    SELECT rolsuper OR pg_has_role(oid, current_user, 'MEMBER') FROM pg_roles WHERE rolname = %s
"""
_GRANT = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "REVOKE INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON django_migrations FROM {role}",
    "REVOKE UPDATE, TRUNCATE, REFERENCES, TRIGGER ON audit_unsealed FROM {role}",
    *(
        f"REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON {table} FROM {{role}}"
        for table in (*_WRITTEN_ONCE, *_APPEND_ONLY, _SNAPSHOT)
    ),
    f"GRANT UPDATE ({', '.join(_MOVES_ON)}) ON {_SNAPSHOT} TO {{role}}",
)
_COULD_CHANGE = """
    SELECT table_name FROM unnest(%s::text[]) AS table_name, pg_class
    WHERE pg_class.oid = table_name::regclass AND (
        has_table_privilege(table_name, 'UPDATE') OR has_table_privilege(table_name, 'DELETE')
        OR has_table_privilege(table_name, 'TRUNCATE') OR has_table_privilege(table_name, 'TRIGGER')
        OR has_any_column_privilege(table_name, 'UPDATE') OR pg_has_role(relowner, 'MEMBER')
    )
"""


def grant_rights(role: str) -> None:
    """Let the role do what the program does, and nothing else. A Refusal where there is no such role, or it could give
    itself any right: a superuser, or one that can become the owner of the tables."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ROLE, [role])
        found = cursor.fetchone()
        if found is None:
            fix = "Create it first (docs/operating, The audit log), or set TIDEGATE_PROGRAM_ROLE right"
            raise Refusal("The database has no such role as TIDEGATE_PROGRAM_ROLE names", fix=fix)
        if found[0]:
            fix = "Run tidegate migrate as the owner of the database, and name another role, which is no member of it"
            raise Refusal(
                "The role that TIDEGATE_PROGRAM_ROLE names owns the tables or can become their owner", fix=fix
            )
        for order in _GRANT:
            cursor.execute(SQL(order).format(role=Identifier(role)))


def changeable_tables() -> list[str]:
    """Return those of the audit log's tables in which this program's role could change or remove something."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_COULD_CHANGE, [list(_APPEND_ONLY)])
        return sorted(name for (name,) in cursor.fetchall())
