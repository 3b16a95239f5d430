"""Backups made by themselves are known by their names; one from the future counts for nothing, and is named."""

import json
from datetime import UTC, datetime, timedelta

from tidegate.uploads.storage.backup_names import ABOUT, backups_in, last_backups, name_at
from tidegate.uploads.storage.base_backups import name_after, newest_series


def make_backup(root, made_at: datetime, **about: object):
    folder = root / name_at(made_at)
    folder.mkdir(parents=True)
    (folder / ABOUT).write_text(json.dumps(about))
    return folder


def test_a_backup_from_the_future_is_not_the_newest_and_is_named(tmp_path):
    now = datetime.now(UTC)
    made = make_backup(tmp_path, now - timedelta(hours=30), gone_count=2)
    ahead = make_backup(tmp_path, now + timedelta(days=300))
    assert backups_in(tmp_path) == [made]
    last = last_backups(tmp_path)
    assert (last.made_at, last.from_future) == (now.replace(microsecond=0) - timedelta(hours=30), [ahead.name])
    assert last.gone_count == 2


def test_lost_files_of_a_backup_of_the_release_before_are_counted(tmp_path):
    make_backup(tmp_path, datetime.now(UTC), files={"ab/1": "", "ab/2": "0" * 64, "ab/3": ""})
    assert last_backups(tmp_path).gone_count == 2


def test_clocks_of_two_machines_may_differ_a_little(tmp_path):
    made = make_backup(tmp_path, datetime.now(UTC) + timedelta(minutes=2))
    assert (backups_in(tmp_path), last_backups(tmp_path).from_future) == ([made], [])


def test_a_clock_that_is_late_leaves_the_newest_series_the_newest(tmp_path):
    now = datetime.now(UTC)  # late by a year: both series began after it
    _, newest = (make_backup(tmp_path, now + timedelta(days=days)) for days in (300, 365))
    found = newest_series(tmp_path)
    assert (found, name_after(found) > newest.name) == (newest, True)


def test_a_series_from_the_future_gets_the_name_of_now(tmp_path):
    now = datetime.now(UTC)
    for days in (-30, 300):
        make_backup(tmp_path, now + timedelta(days=days))
    assert name_at(now - timedelta(days=1)) < newest_series(tmp_path).name <= name_at(datetime.now(UTC))
