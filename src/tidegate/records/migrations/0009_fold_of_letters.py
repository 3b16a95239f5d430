"""Names are compared without letters of one language, too: Đặng and Dang are one name (core/reference/plain_letters.py)."""

from typing import ClassVar

import polars as pl
from django.db import migrations

from tidegate.audit.concurrent_index import no_lock_timeout
from tidegate.core.reference.fold_person import request_key

_ONE = (
    "đĐðÐħĦıĸłŁŋŊøØŧŦƶƵǥǤȷəƏƀɃɓƁƃƂƈƇɖƉɗƊƌƋɛƐƒƑɠƓɣƔɨƗɩƖƙƘƚȽɫⱢɱⱮɲƝƞȠɔƆƥƤɽⱤƫƭƬʈƮʉɄʋƲƴƳⱥȺȼȻɇɆⱨⱧɉɈⱪⱩⱡⱠᵽⱣɍɌȿⱾⱦȾⱳⱲɏɎɀⱿȥȤⱬⱫ",
    "ddddhhiqllnnoottzzggjaabbbbbbccddddddeeffggggiiiikkllllmmnnnnoopprrtttttuuvvyyaacceehhjjkkllpprrssttwwyyzzzzzz",
)
_TWO = {"æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ß": "ss", "ẞ": "ss", "þ": "th", "Þ": "th", "ƕ": "hv", "Ƕ": "hv"}
_TWO |= {"ƣ": "oi", "Ƣ": "oi", "ỻ": "ll", "Ỻ": "ll"}

_BY_LETTERS = "normalize(name, NFKD)"
for _letter, _plain in _TWO.items():
    _BY_LETTERS = f"replace({_BY_LETTERS}, '{_letter}', '{_plain}')"
_BY_LETTERS = f"translate({_BY_LETTERS}, '{_ONE[0]}', '{_ONE[1]}')"
_BEFORE = "normalize(name, NFKD)"

# Still coarser than the fold of the core, which keeps letters that are not Latin: whom that one calls equal, this one
# does, too, and then that one decides. Most names are ASCII, and are spared the table.
_FUNCTION = """
CREATE OR REPLACE FUNCTION records_fold_next(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURNS NULL ON NULL INPUT AS $$
    SELECT lower(regexp_replace((%s) COLLATE "C", '[^A-Za-z0-9]', '', 'g') COLLATE "C")
$$
"""
_INDEX = """
CREATE INDEX {beside} student_versions_of_person_next
    ON records_studentversion (date_of_birth, records_fold_next(last_name), records_fold_next(first_name))
    WHERE replaced_at IS NULL
"""
# One script is one transaction. The index follows the function under its new name.
_EXCHANGE = """
DROP INDEX student_versions_of_person;
DROP FUNCTION records_fold(text);
ALTER FUNCTION records_fold_next(text) RENAME TO records_fold;
ALTER INDEX student_versions_of_person_next RENAME TO student_versions_of_person;
"""
_TO_PLAIN = f"CASE WHEN octet_length(name) = length(name) THEN name ELSE {_BY_LETTERS} END"


def _exchange_function(editor, body):
    """Make function and index beside those that are in use, and then exchange them in an instant: no upload waits while
    the index of a whole state is built, and none looks into an index of other letters than it asks for."""
    # Within a transaction nothing can be built beside writers: it holds them up itself.
    beside = "" if editor.connection.in_atomic_block else "CONCURRENTLY"
    with no_lock_timeout(editor) as cursor:
        cursor.execute(_FUNCTION % body)
        cursor.execute(f"DROP INDEX {beside} IF EXISTS student_versions_of_person_next")
        cursor.execute(_INDEX.format(beside=beside))
    with editor.connection.cursor() as cursor:
        cursor.execute(_EXCHANGE)


def fold_to_plain(apps, editor):
    _exchange_function(editor, _TO_PLAIN)


def fold_as_before(apps, editor):
    _exchange_function(editor, _BEFORE)


_ASKED = """
SELECT id, request_key, sau_id::text, school_student_id, last_name, first_name, middle_name, suffix, date_of_birth
FROM records_numberrequest
WHERE octet_length(concat(last_name, first_name, middle_name, suffix))
   <> length(concat(last_name, first_name, middle_name, suffix))
ORDER BY student_id IS NULL, id
"""
_NEW_KEY = """
UPDATE records_numberrequest SET request_key = %(key)s
WHERE id = %(id)s AND NOT EXISTS (SELECT FROM records_numberrequest WHERE request_key = %(key)s)
"""
_COLUMNS = ("sau_id", "school_student_id", "last_name", "first_name", "middle_name", "suffix", "date_of_birth")


def renew_request_keys(apps, editor):
    """Let the same request find its number again. Of two requests that are now one the first keeps it."""
    with editor.connection.cursor() as cursor:
        cursor.execute(_ASKED)
        asked = cursor.fetchall()
        schema = {"id": pl.Int64, "known": pl.String, **dict.fromkeys(_COLUMNS, pl.String), "date_of_birth": pl.Date}
        requests = pl.DataFrame(asked, schema=schema, orient="row").with_columns(request_key(_COLUMNS).alias("key"))
        changed = requests.filter(pl.col("key") != pl.col("known"))
        cursor.executemany(_NEW_KEY, list(changed.select("id", "key").iter_rows(named=True)))


class Migration(migrations.Migration):
    """The database's function has the letters of `PLAIN_LETTERS`; keys that were made of names follow."""

    dependencies: ClassVar = [("records", "0008_roster")]
    atomic = False
    operations: ClassVar = [
        migrations.RunPython(fold_to_plain, fold_as_before),
        migrations.RunPython(renew_request_keys, migrations.RunPython.noop, atomic=True),
    ]
