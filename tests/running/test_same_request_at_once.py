"""The same request with an Idempotency-Key, sent many times at the same instant, is carried out once."""

from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.running.conftest import wait_for
from tests.running.test_submit import site  # noqa: F401 - a fixture

ROUNDS, AT_ONCE = 3, 8


def test_the_same_request_many_times_at_once_gives_one_upload_and_keeps_one_file(site, system):  # noqa: F811
    content = (system.data_dir / "demo-files" / "cte.csv").read_bytes()
    form = {"file_type": "cte", "school_year": "2020-2021", "organization": site["SAU"], "check_only": "true"}

    def send(key: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {site['TIDEGATE_TOKEN']}", "Idempotency-Key": key}
        files = {"file": ("at-once.csv", content)}
        return httpx.post(f"{site['TIDEGATE_URL']}/api/v1/uploads", data=form, files=files, headers=headers)

    before = len(list((system.data_dir / "uploads").glob("[0-9a-f][0-9a-f]/*")))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for number in range(ROUNDS):
            answers = list(pool.map(send, [f"round {number}"] * AT_ONCE))
            assert {answer.status_code for answer in answers} == {202}
            assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(list((system.data_dir / "uploads").glob("[0-9a-f][0-9a-f]/*"))) - before == ROUNDS


def test_uploads_that_come_at_the_same_moment_are_processed_in_the_order_of_their_numbers(site, system):  # noqa: F811
    content = (system.data_dir / "demo-files" / "cte.csv").read_bytes()
    form = {"file_type": "cte", "school_year": "2020-2021", "organization": site["SAU"], "check_only": "true"}
    headers = {"Authorization": f"Bearer {site['TIDEGATE_TOKEN']}"}

    def send(_number: int) -> int:
        files = {"file": ("in-line.csv", content)}
        address = f"{site['TIDEGATE_URL']}/api/v1/uploads"
        return httpx.post(address, data=form, files=files, headers=headers, timeout=30).json()["id"]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        sent = sorted(pool.map(send, range(40)))
    busy = "SELECT count(*) FROM uploads_upload WHERE state IN ('waiting', 'processing')"
    wait_for(lambda: not system.ask(busy)[0], "All uploads have ended", seconds=120)
    ended = "SELECT array_agg(id ORDER BY finished_at) FROM uploads_upload WHERE id = ANY(%s)"
    assert system.ask(ended, sent)[0] == sent
