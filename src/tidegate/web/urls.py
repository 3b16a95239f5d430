"""The addresses of the pages."""

from collections.abc import Iterable, Iterator

from django.urls import URLPattern, path

from tidegate.core.outputs.catalogue import downloads
from tidegate.core.outputs.output import Output
from tidegate.web.accountability.views.department import department, department_edfacts, department_workbook
from tidegate.web.accountability.views.indicators import (
    indicator_book,
    indicator_numbers,
    indicator_students,
    indicator_students_file,
    indicators,
)
from tidegate.web.accountability.views.participation import (
    participation,
    participation_book,
    participation_numbers,
    participation_students,
    participation_students_file,
)
from tidegate.web.accountability.views.periods import periods
from tidegate.web.accountability.views.publications import publication, publication_file, publications
from tidegate.web.accountability.views.publish_snapshot import publish
from tidegate.web.accountability.views.sign_snapshot import (
    approve,
    certify,
    close,
    snapshot_certificate,
    snapshot_certificate_pdf,
    snapshot_changes,
)
from tidegate.web.accountability.views.snapshot import (
    reopen,
    review,
    snapshot,
    snapshot_book,
    snapshot_content,
    snapshot_counts,
    snapshot_students,
    snapshot_students_file,
)
from tidegate.web.accountability.views.snapshot_request import snapshot_request, take
from tidegate.web.accountability.views.snapshot_warnings import (
    explain_snapshot_warnings,
    snapshot_warnings,
    snapshot_warnings_file,
)
from tidegate.web.accountability.views.unusual import explain, unusual
from tidegate.web.accountability.views.warning_lines import (
    snapshot_rule_lines,
    snapshot_rule_lines_file,
    snapshot_warning_lines,
    snapshot_warning_lines_file,
)
from tidegate.web.accounts.views.access import (
    accept_invitation,
    ask_for_access,
    forgot_password,
    new_password,
    organization_names,
)
from tidegate.web.accounts.views.people import (
    access_request,
    change_person,
    end_role,
    give_role,
    invite,
    people,
    person,
    withdraw_invitation,
)
from tidegate.web.accounts.views.sign_in import (
    ChangePassword,
    SignIn,
    code_again,
    enter_code,
    new_recovery_codes,
    password_again,
    recovery_codes,
    second_factor,
    sign_out,
    turn_off,
    turn_on,
)
from tidegate.web.accounts.views.single_sign_on import come_back, go_to_provider
from tidegate.web.accounts.views.tokens import revoke, tokens
from tidegate.web.administration.views.administration import administration
from tidegate.web.administration.views.code_lists import code_list, code_list_file, code_lists, edit_code, new_code_list
from tidegate.web.administration.views.events import events, events_file
from tidegate.web.administration.views.list_changes import import_list, list_change, undo_list_change
from tidegate.web.administration.views.operations import operations
from tidegate.web.administration.views.organizations import (
    add_organization,
    close_organization,
    correct_organization,
    move_organization,
    organization,
    organizations,
    reopen_organization,
)
from tidegate.web.administration.views.school_years import (
    close_school_year,
    reopen_school_year,
    roll_over_school_year,
    school_years,
)
from tidegate.web.administration.views.settings_in_force import settings_in_force
from tidegate.web.administration.views.setup import first_administrator, open_first_year, setup
from tidegate.web.administration.views.windows import (
    allow_late_files,
    calendar_file,
    choose_file_types,
    edit_window,
    end_collection_window,
    end_late_allowance,
    use_collection_window,
    windows,
)
from tidegate.web.file_types.views.codes import codes
from tidegate.web.file_types.views.file_type import file_type
from tidegate.web.file_types.views.file_types import file_types
from tidegate.web.file_types.views.requirements import requirements
from tidegate.web.file_types.views.rule import rule
from tidegate.web.file_types.views.sample_file import sample_file
from tidegate.web.file_types.views.schemas import SCHEMAS, reference_lists, schema
from tidegate.web.home.views.change_focus import change_focus, find_organizations
from tidegate.web.home.views.inbox import inbox, notifications, open_message, read_messages
from tidegate.web.home.views.senders import district, senders_file
from tidegate.web.home.views.start import start
from tidegate.web.home.views.unmatched import sent_students, unmatched
from tidegate.web.students.views.by_hand import add_line, correct_line, withdraw_line
from tidegate.web.students.views.conflicts import conflicts
from tidegate.web.students.views.follow_up import follow_up, follow_up_file
from tidegate.web.students.views.no_longer_fits import no_longer_fits, no_longer_fits_file
from tidegate.web.students.views.on_file import on_file, on_file_download
from tidegate.web.students.views.possible_duplicates import (
    confirm_duplicate,
    decided_duplicates,
    possible_duplicates,
    resolve_duplicate,
    undo_duplicate,
)
from tidegate.web.students.views.student import student, student_history, student_lines
from tidegate.web.students.views.students import search, students
from tidegate.web.uploads.outputs import address_end, address_name
from tidegate.web.uploads.views.cause import cause
from tidegate.web.uploads.views.changes import (
    choose_upload_missing,
    load_upload,
    planned_lines,
    withdraw_upload_missing,
)
from tidegate.web.uploads.views.correct_rows import correct_rows, corrections
from tidegate.web.uploads.views.decisions import cancel_upload, release_upload, undo_upload
from tidegate.web.uploads.views.file_formats import end_file_format, end_format_line, file_formats, use_file_format
from tidegate.web.uploads.views.findings import findings
from tidegate.web.uploads.views.match_columns import match_columns
from tidegate.web.uploads.views.nothing_to_report import nothing_to_report
from tidegate.web.uploads.views.output import output_file
from tidegate.web.uploads.views.receipt_key import receipt_key
from tidegate.web.uploads.views.state_reporting_status import state_reporting_status
from tidegate.web.uploads.views.upload import upload
from tidegate.web.uploads.views.upload_file import upload_file
from tidegate.web.uploads.views.uploaded_file import uploaded_file
from tidegate.web.uploads.views.waiting import let_rows_wait, stop_rows_waiting
from tidegate.web.uploads.views.webhooks import end, replace, webhooks

STATUS = "state-reporting-status/"
YEARS = "school-years/"
WINDOWS = "windows/"
UPLOAD = f"{STATUS}<int:upload_id>/"
STUDENT = "students/<uuid:public_id>/"
PERSON = "people/<int:person_id>/"
SNAPSHOT = "snapshots/<int:number>/"
FILE_TYPE = "file-types/<slug:slug>/"
ORGANIZATION = "organizations/<int:key>/"
CODE_LIST = "code-lists/<slug:list_name>/"


def output_paths(outputs: Iterable[Output]) -> Iterator[URLPattern]:
    """Yield the addresses of the outputs of an upload, one for each form."""
    for output in outputs:
        for form in output.forms:
            given = {"output": output, "form": form}
            address = f"{UPLOAD}{address_end(output, form)}"
            yield path(address, output_file, given, name=address_name(output, form))


urlpatterns = [
    path("", start, name="start"),
    path("districts.csv", senders_file, name="senders_file"),
    path("districts/<int:organization_id>/", district, name="district"),
    path("sending/<int:organization_id>/", sent_students, name="sent_students"),
    path("unmatched/<slug:file_type>/<slug:kind>/", unmatched, name="unmatched"),
    # The names of these pages are django-allauth's, which leads from one to the other.
    path("sign-in/", SignIn.as_view(), name="account_login"),
    path("sign-in/code/", enter_code, name="mfa_authenticate"),
    path("sign-in/sso/", go_to_provider, name="single_sign_on"),
    path("sign-in/sso/callback/", come_back, {"provider_id": "sso"}, name="openid_connect_callback"),
    path("sign-out/", sign_out, name="account_logout"),
    path("password/", ChangePassword.as_view(), name="account_change_password"),
    path("password/again/", password_again, name="account_reauthenticate"),
    path("password/forgot/", forgot_password, name="forgot_password"),
    path("password/new/<str:number>/<str:token>/", new_password, name="new_password"),
    path("invitations/<str:secret>/", accept_invitation, name="accept_invitation"),
    path("second-factor/", second_factor, name="mfa_index"),
    path("second-factor/turn-on/", turn_on, name="mfa_activate_totp"),
    path("second-factor/turn-off/", turn_off, name="mfa_deactivate_totp"),
    path("second-factor/code-again/", code_again, name="mfa_reauthenticate"),
    path("second-factor/recovery-codes/", recovery_codes, name="mfa_view_recovery_codes"),
    path("second-factor/new-recovery-codes/", new_recovery_codes, name="mfa_generate_recovery_codes"),
    path("change-focus/", change_focus, name="change_focus"),
    path("change-focus/organizations/", find_organizations, name="find_organizations"),
    path("inbox/", inbox, name="inbox"),
    path("inbox/read/", read_messages, name="read_messages"),
    path("inbox/<int:message_id>/", open_message, name="open_message"),
    path("notifications/", notifications, name="notifications"),
    path("access/", ask_for_access, name="ask_for_access"),
    path("organization-names/", organization_names, name="organization_names"),
    path("people/", people, name="people"),
    path("people/invite/", invite, name="invite"),
    path("people/invitations/<int:invitation_id>/withdraw/", withdraw_invitation, name="withdraw_invitation"),
    path("people/requests/<int:request_id>/", access_request, name="access_request"),
    path(PERSON, person, name="person"),
    path(f"{PERSON}give-role/", give_role, name="give_role"),
    path(f"{PERSON}roles/<int:membership_id>/end/", end_role, name="end_role"),
    path(f"{PERSON}do/<slug:act>/", change_person, name="change_person"),
    path("tokens/", tokens, name="tokens"),
    path("tokens/<int:token_id>/revoke/", revoke, name="revoke_token"),
    path("file-formats/", file_formats, name="file_formats"),
    path("file-formats/<int:mapping_id>/end/", end_file_format, name="end_file_format"),
    path("file-formats/<int:mapping_id>/end-line/", end_format_line, name="end_format_line"),
    path("file-formats/<slug:slug>/<slug:name>/use/", use_file_format, name="use_file_format"),
    path("webhooks/", webhooks, name="webhooks"),
    path("webhooks/<int:webhook_id>/secret/", replace, name="replace_secret"),
    path("webhooks/<int:webhook_id>/end/", end, name="end_webhook"),
    path(STATUS, state_reporting_status, name="state_reporting_status"),
    path(f"{STATUS}upload-file/", upload_file, name="upload_file"),
    path(f"{STATUS}nothing-to-report/", nothing_to_report, name="nothing_to_report"),
    path(UPLOAD, upload, name="upload"),
    path(f"{UPLOAD}findings/<slug:code>/", findings, name="findings"),
    path(f"{UPLOAD}causes/<int:number>/", cause, name="cause"),
    path(f"{UPLOAD}correct/", correct_rows, name="correct_rows"),
    path(f"{UPLOAD}corrections/", corrections, name="corrections"),
    path(f"{UPLOAD}match/", match_columns, name="match_columns"),
    *output_paths(downloads()),
    path(f"{UPLOAD}cancel/", cancel_upload, name="cancel_upload"),
    path(f"{UPLOAD}release/", release_upload, name="release_upload"),
    path(f"{UPLOAD}wait/", let_rows_wait, name="let_rows_wait"),
    path(f"{UPLOAD}stop-waiting/", stop_rows_waiting, name="stop_rows_waiting"),
    path(f"{UPLOAD}undo/", undo_upload, name="undo_upload"),
    path(f"{UPLOAD}load/", load_upload, name="load_upload"),
    path(f"{UPLOAD}missing/", choose_upload_missing, name="choose_upload_missing"),
    path(f"{UPLOAD}withdraw/", withdraw_upload_missing, name="withdraw_upload_missing"),
    path(f"{UPLOAD}lines/<slug:kind>/", planned_lines, name="planned_lines"),
    path(".well-known/tidegate-receipt-key.pem", receipt_key, name="receipt_key"),
    path(f"{UPLOAD}file/", uploaded_file, name="uploaded_file"),
    path("conflicts/", conflicts, name="conflicts"),
    path("follow-up/", follow_up, name="follow_up"),
    path("follow-up.csv", follow_up_file, name="follow_up_file"),
    path("no-longer-fits/", no_longer_fits, name="no_longer_fits"),
    path("no-longer-fits/no-longer-fits.csv", no_longer_fits_file, name="no_longer_fits_file"),
    path("students/", students, name="students"),
    path("students/search/", search, name="search_students"),
    path(STUDENT, student, name="student"),
    path(f"{STUDENT}history/", student_history, name="student_history"),
    path(f"{STUDENT}<slug:file_type>/", student_lines, name="student_lines"),
    path(f"{STUDENT}<slug:file_type>/add/", add_line, name="add_line"),
    path(f"{STUDENT}<slug:file_type>/<int:line_id>/correct/", correct_line, name="correct_line"),
    path(f"{STUDENT}<slug:file_type>/<int:line_id>/withdraw/", withdraw_line, name="withdraw_line"),
    path("periods/", periods, name="periods"),
    path("periods/<slug:slug>/take/", take, name="take_snapshot"),
    path("periods/requests/<int:number>/", snapshot_request, name="snapshot_request"),
    path(SNAPSHOT, snapshot, name="snapshot"),
    path(f"{SNAPSHOT}numbers.csv", snapshot_counts, name="snapshot_counts"),
    path(f"{SNAPSHOT}numbers.xlsx", snapshot_book, name="snapshot_book"),
    path(f"{SNAPSHOT}students/", snapshot_students, name="snapshot_students"),
    path(f"{SNAPSHOT}students.csv", snapshot_students_file, name="snapshot_students_file"),
    path(f"{SNAPSHOT}indicators/", indicators, name="snapshot_indicators"),
    path(f"{SNAPSHOT}indicators.csv", indicator_numbers, name="indicator_numbers"),
    path(f"{SNAPSHOT}indicators.xlsx", indicator_book, name="indicator_book"),
    path(f"{SNAPSHOT}indicators/students/", indicator_students, name="indicator_students"),
    path(f"{SNAPSHOT}indicators/students.csv", indicator_students_file, name="indicator_students_file"),
    path(f"{SNAPSHOT}participation/", participation, name="snapshot_participation"),
    path(f"{SNAPSHOT}participation.csv", participation_numbers, name="participation_numbers"),
    path(f"{SNAPSHOT}participation.xlsx", participation_book, name="participation_book"),
    path(f"{SNAPSHOT}participation/students/", participation_students, name="participation_students"),
    path(f"{SNAPSHOT}participation/students.csv", participation_students_file, name="participation_students_file"),
    path(f"{SNAPSHOT}content.txt", snapshot_content, name="snapshot_content"),
    path(f"{SNAPSHOT}review/", review, name="review_snapshot"),
    path(f"{SNAPSHOT}reopen/", reopen, name="reopen_snapshot"),
    path(f"{SNAPSHOT}certify/", certify, name="certify_snapshot"),
    path(f"{SNAPSHOT}approve/", approve, name="approve_snapshot"),
    path(f"{SNAPSHOT}close/", close, name="close_snapshot"),
    path(f"{SNAPSHOT}changes/", snapshot_changes, name="snapshot_changes"),
    path(f"{SNAPSHOT}warnings/", snapshot_warnings, name="snapshot_warnings"),
    path(f"{SNAPSHOT}warnings.csv", snapshot_warnings_file, name="snapshot_warnings_file"),
    path(f"{SNAPSHOT}warnings/lines/", snapshot_warning_lines, name="snapshot_warning_lines"),
    path(f"{SNAPSHOT}warnings/lines.csv", snapshot_warning_lines_file, name="snapshot_warning_lines_file"),
    path(f"{SNAPSHOT}rules/lines/", snapshot_rule_lines, name="snapshot_rule_lines"),
    path(f"{SNAPSHOT}rules/lines.csv", snapshot_rule_lines_file, name="snapshot_rule_lines_file"),
    path(f"{SNAPSHOT}warnings/explain/", explain_snapshot_warnings, name="explain_snapshot_warnings"),
    path(f"{SNAPSHOT}unusual/", unusual, name="unusual_numbers"),
    path(f"{SNAPSHOT}unusual/explain/", explain, name="explain_number"),
    path(f"{SNAPSHOT}department/", department, name="department"),
    path(f"{SNAPSHOT}department/edfacts-<slug:file>.csv", department_edfacts, name="department_edfacts"),
    path(f"{SNAPSHOT}department/workbook.xlsx", department_workbook, name="department_workbook"),
    path(f"{SNAPSHOT}certificate.json", snapshot_certificate, name="snapshot_certificate"),
    path(f"{SNAPSHOT}certificate.pdf", snapshot_certificate_pdf, name="snapshot_certificate_pdf"),
    path(f"{SNAPSHOT}publish/", publish, name="publish_snapshot"),
    path("published/", publications, name="publications"),
    path("published/<int:number>/", publication, name="publication"),
    path("published/<int:number>/numbers.csv", publication_file, name="publication_file"),
    path("possible-duplicates/", possible_duplicates, name="possible_duplicates"),
    path("possible-duplicates/<int:request_id>/", resolve_duplicate, name="resolve_duplicate"),
    path("possible-duplicates/<int:request_id>/confirm/", confirm_duplicate, name="confirm_duplicate"),
    path("possible-duplicates/<int:request_id>/undo/", undo_duplicate, name="undo_duplicate"),
    path("possible-duplicates/decided/", decided_duplicates, name="decided_duplicates"),
    path("audit-log/", events, name="events"),
    path("audit-log/events.csv", events_file, name="events_file"),
    path("administration/", administration, name="administration"),
    path("administration/changes/<int:number>/", list_change, name="list_change"),
    path("administration/changes/<int:number>/undo/", undo_list_change, name="undo_list_change"),
    path("first-administrator/<str:secret>/", first_administrator, name="first_administrator"),
    path("setup/", setup, name="setup"),
    path("setup/school-year/", open_first_year, name="open_first_year"),
    path("organizations/", organizations, name="organizations"),
    path("organizations/add/", add_organization, name="add_organization"),
    path("organizations/import/", import_list, {"list_name": "organizations"}, name="import_organizations"),
    path(ORGANIZATION, organization, name="organization"),
    path(f"{ORGANIZATION}correct/", correct_organization, name="correct_organization"),
    path(f"{ORGANIZATION}move/", move_organization, name="move_organization"),
    path(f"{ORGANIZATION}close/", close_organization, name="close_organization"),
    path(f"{ORGANIZATION}reopen/", reopen_organization, name="reopen_organization"),
    path("code-lists/", code_lists, name="code_lists"),
    path("code-lists/new/", new_code_list, name="new_code_list"),
    path(CODE_LIST, code_list, name="code_list"),
    path("code-lists/<slug:list_name>.csv", code_list_file, name="code_list_file"),
    path(f"{CODE_LIST}import/", import_list, name="import_code_list"),
    path(f"{CODE_LIST}code/", edit_code, name="edit_code"),
    path(YEARS, school_years, name="school_years"),
    path(f"{YEARS}<slug:school_year>/roll-over/", roll_over_school_year, name="roll_over_school_year"),
    path(f"{YEARS}<slug:school_year>/close/", close_school_year, name="close_school_year"),
    path(f"{YEARS}<slug:school_year>/reopen/", reopen_school_year, name="reopen_school_year"),
    path(WINDOWS, windows, name="windows"),
    path(f"{WINDOWS}<int:window_id>/end/", end_collection_window, name="end_window"),
    path(f"{WINDOWS}<int:window_id>/use/", use_collection_window, name="use_window"),
    path(f"{WINDOWS}late/<int:allowance_id>/end/", end_late_allowance, name="end_late_allowance"),
    path(f"{WINDOWS}<slug:school_year>/file-types/", choose_file_types, name="choose_file_types"),
    path(f"{WINDOWS}<slug:school_year>/<slug:file_type>/", edit_window, name="edit_window"),
    path(f"{WINDOWS}<slug:school_year>/<slug:file_type>/late/", allow_late_files, name="allow_late"),
    path("state-reporting.ics", calendar_file, name="calendar"),
    path("settings/", settings_in_force, name="settings_in_force"),
    path("operations/", operations, name="operations"),
    path("on-file/", on_file, name="on_file"),
    path("on-file/<slug:name>.<slug:suffix>", on_file_download, name="on_file_download"),
    path("file-types/", file_types, name="file_types"),
    path("file-types/reference.zip", reference_lists, name="reference_lists"),
    path(FILE_TYPE, file_type, name="file_type"),
    path(f"{FILE_TYPE}rules/<slug:code>/", rule, name="rule"),
    path(f"{FILE_TYPE}requirements/<slug:school_year>.md", requirements, name="requirements"),
    *(path(f"{FILE_TYPE}{name}.json", schema, {"name": name}, name=name) for name in SCHEMAS),
    path(f"{FILE_TYPE}sample-file/", sample_file, name="sample_file"),
    path(f"{FILE_TYPE}codes/<slug:list_name>/", codes, name="codes"),
]
