"""The pages of school years and windows, and the sentence that says when on each page where somebody sends."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tidegate.api.schemas.uploads import UploadOut
from tidegate.audit.models import Event
from tidegate.file_types import find_all
from tidegate.reference.models import SchoolYear
from tidegate.uploads.models import Upload
from tidegate.uploads.receipts.receipt import give_receipt
from tidegate.windows.models import CollectionWindow, LateAllowance, NotCollected

ONE_DAY = timedelta(days=1)
NAME = "2020-2021"


@pytest.fixture
def state(world) -> Client:
    client = Client()
    client.force_login(world.person("state administrator"))
    return client


@pytest.fixture
def district(world) -> Client:
    client = Client()
    client.force_login(world.person("data specialist"))
    return client


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def days(**more) -> dict[str, str]:
    today = timezone.localdate()
    return {"opens": str(today - 9 * ONE_DAY), "due": "", "closes": str(today - ONE_DAY), "organization": ""} | more


def confirm(client: Client, address: str, form: dict, **more):
    """Send a form, and press the button of the page that shows what it would do."""
    shown = client.post(address, form)
    (seen,) = re.findall(r'name="seen" value="([^"]*)"', shown.content.decode())
    return client.post(address, form | {"seen": seen}, **more)


def set_window(client: Client, **more):
    return confirm(client, reverse("edit_window", args=[NAME, "cte"]), days(**more), follow=True)


def test_a_window_is_shown_before_it_is_set(state, world):
    own = CollectionWindow.objects.create(
        file_type="cte", school_year=world.year, organization=world.harbor, opens="2020-09-01", due="2099-01-01",
        closes="2099-01-01",
    )  # fmt: skip
    world.send(state="processing")
    world.send(state="finished", error_count=2, success_count=3, row_count=5)
    address, form = reverse("edit_window", args=[NAME, "cte"]), days()
    page = text_of(state.post(address, form))
    said = [
        "Now</dt><dd>Open, without an end",
        "Then</dt><dd>Closed on",
        "in the state&#x27;s time zone (America/New_York): from now on no file is loaded, corrected or undone",
        f"1 organization has a window of its own, where nothing changes: {world.harbor.name} (3000)",
        "have sent nothing for 2020-2021:",
        "1 has rows to correct",
        "1 file was received and is not finished, outside of the new days: it was open when they came",
    ]
    assert [sentence for sentence in said if sentence not in page] == []
    assert list(CollectionWindow.objects.all()) == [own], "it was only shown"
    assert not Event.objects.filter(act="window.set").exists()
    unseen = state.post(address, form | {"seen": "cte:4711-"})
    assert "Somebody has changed this since you looked" in text_of(unseen)
    assert CollectionWindow.objects.count() == 1


def test_ending_using_again_and_late_files_are_shown_first(state, world):
    set_window(state)
    first = CollectionWindow.objects.get()
    page = text_of(state.get(reverse("end_window", args=[first.pk])))
    assert "Then</dt><dd>Open, without an end" in page
    assert "files are loaded from now on" in page
    state.post(reverse("end_window", args=[first.pk]))
    page = text_of(state.get(reverse("use_window", args=[first.pk])))
    assert "no file is loaded, corrected or undone" in page
    state.post(reverse("use_window", args=[first.pk]))
    late = {"organization": "1000", "until": str(timezone.localdate()), "reason": "A storm"}
    address = reverse("allow_late", args=[NAME, "cte"])
    page = text_of(state.post(address, late))
    assert "Then</dt><dd>Late files allowed." in page
    assert "It counts for Rock Star Public Schools and its" in page
    assert not LateAllowance.objects.exists()
    confirm(state, address, late)
    page = text_of(state.get(reverse("end_late_allowance", args=[LateAllowance.objects.get().pk])))
    assert "Now</dt><dd>Late files allowed." in page
    assert "from now on no file is loaded" in page
    assert "stays as it is" not in page
    assert LateAllowance.objects.get().ended_at is None


def test_only_late_allowances_that_a_change_leaves_alone_are_counted(state, world):
    set_window(state)
    address, today = reverse("allow_late", args=[NAME, "cte"]), timezone.localdate()
    late = {"reason": "A storm", "until": str(today)}
    confirm(state, address, late | {"organization": "1000"})
    confirm(state, address, late | {"organization": "1001", "until": str(today + ONE_DAY)})
    confirm(state, address, late | {"organization": "3000"})
    closes = days(closes=str(today - 2 * ONE_DAY))
    assert "3 late allowances stay as they are" in text_of(
        state.post(reverse("edit_window", args=[NAME, "cte"]), closes)
    )
    longer = late | {"until": str(today + 2 * ONE_DAY)}
    of_district = text_of(state.post(address, longer | {"organization": "1000"}))
    assert "1 late allowance stays as it is" in of_district, "That of its school"
    assert "stays as it is" not in text_of(state.post(address, longer | {"organization": "3000"}))


def test_a_window_that_is_so_already_is_not_set_again(state, world):
    set_window(state)
    answer = state.post(reverse("edit_window", args=[NAME, "cte"]), days())
    assert (answer.status_code, CollectionWindow.objects.count()) == (422, 1)
    assert "Nothing would change" in text_of(answer)


def test_a_window_that_has_closed_is_told_wherever_somebody_sends(state, district, world):
    set_window(state)
    upload = world.send(state="failed", row_count=None, success_count=None, error_count=None)
    closes = timezone.localdate() - ONE_DAY
    sentence = f"Closed on {closes:%B} {closes.day}, {closes.year}. Ask the state data team to allow a late file."
    pages = [reverse(name) for name in ("start", "state_reporting_status", "upload_file", "nothing_to_report")]
    pages += [reverse("file_type", args=["cte"]), reverse("upload", args=[upload.pk])]
    pages += [f"{reverse('upload_file')}?follows={upload.pk}"]
    for page in pages:
        assert sentence in text_of(district.get(page)), page


def test_a_late_file_is_refused_in_the_box_and_allowed_then(state, district, world):
    set_window(state)

    def send(**more):
        file = SimpleUploadedFile("cte.csv", b"SAUID\n")
        return district.post(reverse("upload_file"), {"file_type": "cte", "check_only": "load", "file": file} | more)

    answer = send()
    assert answer.status_code == 422
    assert "CTE for 2020-2021 closed on" in text_of(answer)
    assert not Upload.objects.exists()
    assert send(check_only="check_only").status_code == 302
    late = {"organization": "Rock Star Public Schools (1000)", "until": str(timezone.localdate()), "reason": "A storm"}
    answer = confirm(state, reverse("allow_late", args=[NAME, "cte"]), late, follow=True)
    assert "Rock Star Public Schools may send CTE files late" in text_of(answer)
    assert "A storm" in text_of(answer)
    assert "late files are allowed until" in text_of(district.get(reverse("start")))
    assert send().status_code == 302
    late_file = Upload.objects.get(check_only=False)
    state.post(reverse("end_late_allowance", args=[LateAllowance.objects.get().pk]))
    assert send().status_code == 422
    day = timezone.localdate()
    said = f"As allowed until {day:%B} {day.day}, {day.year} by {world.person('state administrator').name}"
    assert f"{said}, because: A storm" in text_of(district.get(reverse("upload", args=[late_file.pk])))
    on_time = Upload.objects.get(check_only=True)
    assert "Received late" not in text_of(district.get(reverse("upload", args=[on_time.pk])))
    receipt = give_receipt(late_file).document["receipt"]
    assert receipt["late_allowed_until"] == day.isoformat()
    shown = UploadOut.of(late_file).received_late
    assert shown is not None
    assert (shown.until, shown.reason) == (day, "A storm")


def test_a_closed_year_hides_what_it_refuses_and_says_why(state, district, world):
    rows = {"row_count": 4, "success_count": 2, "error_count": 2, "replaced_count": 2, "replaced_percent": 90}
    held = world.send(state="on_hold", **rows)
    failed = world.send(state="failed", row_count=None, success_count=None, error_count=None)
    release, again = reverse("release_upload", args=[held.pk]), f"follows={failed.pk}"
    assert release in text_of(state.get(reverse("upload", args=[held.pk])))
    assert again in text_of(district.get(reverse("upload", args=[failed.pk])))
    SchoolYear.objects.filter(name=NAME).update(closed_at=timezone.now())
    on_hold = text_of(state.get(reverse("upload", args=[held.pk])))
    assert release not in on_hold
    assert "It can be released once the school year is reopened" in on_hold
    page = text_of(district.get(reverse("upload", args=[failed.pk])))
    assert again not in page
    for shown in (on_hold, page):
        assert "The school year 2020-2021 was closed on" in shown
    assert ">2020-2021, closed</option>" in text_of(district.get(reverse("change_focus")))


def test_a_window_is_changed_ended_and_used_again(state, world):
    set_window(state)
    first = CollectionWindow.objects.get()
    set_window(state, closes=str(timezone.localdate()))
    page = state.get(reverse("edit_window", args=[NAME, "cte"]))
    assert "Use again" in text_of(page)
    state.post(reverse("end_window", args=[CollectionWindow.objects.get(ended_at=None).pk]))
    assert not CollectionWindow.objects.filter(ended_at=None).exists()
    state.post(reverse("use_window", args=[first.pk]))
    assert CollectionWindow.objects.get(ended_at=None).closes == first.closes


def test_what_cannot_be_is_said_on_the_form(state, world):
    today = timezone.localdate()
    wrong = {
        "The window closes before it opens": days(closes=str(today - 30 * ONE_DAY)),
        "The due day is not between": days(due=str(today + 30 * ONE_DAY)),
        "There is no organization with this ID or name": days(organization="4711"),
        "Enter the day": days(opens=""),
        "Enter a day, such as 2026-10-31": days(closes="soon"),
    }
    for sentence, form in wrong.items():
        answer = state.post(reverse("edit_window", args=[NAME, "cte"]), form)
        assert answer.status_code == 422
        assert sentence in text_of(answer)
    assert not CollectionWindow.objects.exists()


def test_a_file_type_that_is_not_collected_has_no_window_to_set(state, district, world):
    others = [slug for slug in find_all() if slug != "student-enrollment"]
    answer = confirm(state, reverse("choose_file_types", args=[NAME]), {"file_types": others}, follow=True)
    assert "Student Enrollment is not collected for 2020-2021" in text_of(answer)
    assert "Not collected for 2020-2021." in text_of(district.get(reverse("state_reporting_status")))
    answer = state.post(reverse("edit_window", args=[NAME, "student-enrollment"]), days())
    assert (answer.status_code, CollectionWindow.objects.count()) == (422, 0)
    assert "Say first that it is collected" in text_of(answer)
    confirm(state, reverse("choose_file_types", args=[NAME]), {"file_types": list(find_all())})
    assert not NotCollected.objects.exists()


def test_the_preview_links_the_silent_only_where_their_list_has_them(state, world):
    def links(page: str) -> list[str]:
        return [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]*standing=none)#senders"', page)]

    shown = state.post(reverse("edit_window", args=[NAME, "cte"]), days()).content.decode()
    (link,) = links(shown)
    assert state.get(link).status_code == 200
    NotCollected.objects.create(file_type="cte", school_year=world.year)
    shown = state.post(reverse("choose_file_types", args=[NAME]), {"file_types": list(find_all())}).content.decode()
    assert "have sent nothing for 2020-2021" in shown
    assert links(shown) == [], "Until the button is pressed nobody is asked for it"


def test_a_school_year_is_opened_and_what_was_set_goes_along(state, world):
    set_window(state)
    answer = state.post(reverse("school_years"), {"school_year": "2021-2022"})
    assert answer["Location"] == reverse("roll_over_school_year", args=["2021-2022"])
    assert "CTE: opens" in text_of(state.get(answer["Location"]))
    answer = state.post(answer["Location"], follow=True)
    assert "1 window went along from 2020-2021" in text_of(answer)
    assert CollectionWindow.objects.filter(school_year=2021).count() == 1
    again = state.post(reverse("school_years"), {"school_year": "2021-2022"})
    assert (again.status_code, SchoolYear.objects.filter(first=2021).count()) == (422, 1)
    assert "This school year was added already" in text_of(again)


def test_a_year_is_closed_with_what_is_under_way_and_reopened_with_a_reason(state, district, world):
    world.send(state="waiting")
    world.send(state="on_hold")
    page = text_of(state.get(reverse("close_school_year", args=[NAME])))
    assert "1 file waits or is being processed." in page
    assert "1 file is on hold." in page
    state.post(reverse("close_school_year", args=[NAME]))
    assert state.post(reverse("close_school_year", args=[NAME])).status_code == 409
    start = text_of(district.get(reverse("state_reporting_status")))
    assert start.count("was closed on") == 1
    answer = state.post(reverse("reopen_school_year", args=[NAME]), {"reason": ""})
    assert answer.status_code == 422
    answer = state.post(reverse("reopen_school_year", args=[NAME]), {"reason": "An audit"}, follow=True)
    assert "An audit" in text_of(answer)
    assert SchoolYear.objects.get(name=NAME).closed_at is None


def test_the_calendar_has_the_windows_of_the_persons_organizations(state, district, world):
    set_window(state)
    content = b"".join(district.get(reverse("calendar")).streaming_content).decode()
    assert "CTE 2020-2021 is due and closes (Rock Star Public" in content.replace("\r\n ", "")
    assert "Harbor" not in content
    whole = b"".join(state.get(reverse("calendar")).streaming_content).decode().replace("\r\n ", "")
    assert "SUMMARY:CTE 2020-2021 is due and closes\r\n" in whole


def test_no_district_reaches_the_pages_of_the_state_by_post(state, district, world):
    set_window(state)
    window = CollectionWindow.objects.get()
    posts = [
        (reverse("school_years"), {"school_year": "2021-2022"}),
        (reverse("roll_over_school_year", args=[NAME]), {}),
        (reverse("close_school_year", args=[NAME]), {}),
        (reverse("reopen_school_year", args=[NAME]), {"reason": "x"}),
        (reverse("edit_window", args=[NAME, "cte"]), days()),
        (reverse("end_window", args=[window.pk]), {}),
        (reverse("use_window", args=[window.pk]), {}),
        (reverse("choose_file_types", args=[NAME]), {}),
        (reverse("allow_late", args=[NAME, "cte"]), {}),
        (reverse("end_late_allowance", args=[1]), {}),
    ]
    for address, form in posts:
        assert district.post(address, form).status_code == 403, address
