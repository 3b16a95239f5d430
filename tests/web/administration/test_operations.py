"""The page that says how the site runs, and the plots on it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.web.page import Page
from tidegate.inbox.models import Mail
from tidegate.uploads.models import Sample
from tidegate.web.administration.views.operations import in_words
from tidegate.web.plots.load import Plot, Series


def plot_of(*values, **lines) -> Plot:
    drawn = [Series("Waiting", values)] if values else [Series(label, each) for label, each in lines.items()]
    return Plot(drawn, part_count=4, times=["00:00", "12:00"])


def test_a_line_is_drawn_in_steps_and_breaks_off_where_nothing_is_known():
    assert 'd="M0 100H1V0H2M3 50H4"' in plot_of(0, 2, None, 1).svg


@pytest.mark.parametrize(
    ("most", "scale"),
    [
        (0, ("2", "1", "0")),
        (3, ("4", "2", "0")),
        (11, ("20", "10", "0")),
        (41, ("100", "50", "0")),
        (1_234_567, ("2,000,000", "1,000,000", "0")),
    ],
)
def test_the_scale_ends_above_the_highest_value_and_has_a_whole_middle(most, scale):
    assert plot_of(most).scale == scale


def test_a_plot_without_any_value_is_still_a_plot():
    assert "<svg" in plot_of(None, None).svg
    assert plot_of(None).scale == ("2", "1", "0")


def test_who_does_not_see_the_plot_is_told_its_highest_value():
    plot = plot_of(Finished=[1, 12], Failed=[0, 3])
    assert "finished at most 12, failed at most 3" in plot.svg
    assert 'role="img"' in plot.svg


def test_nothing_in_a_drawing_needs_a_style_or_a_script():
    svg = plot_of(1, 2).svg
    assert "style" not in svg
    assert "<script" not in svg


def test_the_page_shows_what_is_now_and_a_table_beside_each_plot(world, signed_in):
    world.find(world.send(started_at=timezone.now() - timedelta(seconds=2), finished_at=timezone.now()))
    Sample.objects.create(
        at=timezone.now().replace(second=0, microsecond=0),
        waiting_count=7,
        processing_count=1,
        oldest_waiting_seconds=600,
        worker_count=2,
        failed_job_count=0,
    )
    html = signed_in("state administrator").get(reverse("operations")).content.decode()
    page = Page(html)
    drawings = [svg for svg in page.all("svg") if svg.get("class") == "drawing"]
    assert len(drawings) == 6
    assert "waiting at most 7" in drawings[0]["aria-label"]
    assert len(page.all("table")) == 7
    assert "CTE403" in page.text


def test_mails_that_do_not_arrive_are_counted_and_lead_to_the_setting(world, signed_in, settings):
    office, now = signed_in("state administrator"), timezone.now()
    assert "none are sent" in office.get(reverse("operations")).content.decode()
    mail = {"to": "a@example.org", "subject": "Your daily messages"}
    late = Mail.objects.create(message_id="1", **mail)
    Mail.objects.filter(pk=late.pk).update(created_at=now - timedelta(hours=2))
    Mail.objects.create(message_id="2", given_up_at=now, **mail)
    Mail.objects.create(message_id="3", given_up_at=now - timedelta(days=8), **mail)
    html = office.get(reverse("operations")).content.decode()
    page = Page(html)
    assert "Mails waiting for over an hour 1 Mails given up in the last week 1" in page.text
    assert f'href="{reverse("settings_in_force")}#TIDEGATE_MAIL_URL">Look at TIDEGATE_MAIL_URL' in html
    assert "a@example.org" not in page.text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "nothing waits"), (0.4, "1 second"), (90, "90 seconds"), (600, "10 minutes"), (90_000, "25 hours")],
)
def test_a_wait_is_said_in_words(seconds, words):
    assert in_words(seconds) == words


def test_the_tree_has_the_page_for_those_who_may_see_it_alone(signed_in):
    address = f'href="{reverse("operations")}"'
    assert address in signed_in("state administrator").get("/").content.decode()
    assert address not in signed_in("data specialist").get("/").content.decode()
