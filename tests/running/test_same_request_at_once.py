"""The same request with an Idempotency-Key, sent many times at the same instant, is carried out once."""

from concurrent.futures import ThreadPoolExecutor

import httpx

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
