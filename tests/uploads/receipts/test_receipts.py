"""Every finished upload has a receipt that anybody can check with the published key."""

import json

import pytest
from typer.testing import CliRunner

from tests.uploads.outputs import receipt_of
from tidegate.cli.main import app
from tidegate.core.errors import NotFound
from tidegate.file_types import find
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.receipts.receipt import published_key
from tidegate.uploads.receipts.signed_files import as_signed_text, sign_document, with_signature
from tidegate.uploads.receipts.signing import is_signed, new_private_key, public_key_of, sign

HEADER = ",".join(find("cte").layout.columns)
LINE = "1000,2001,900000001,1,01.0205,2020-09-01,,1.50,"
CONTENT = f"{HEADER}\n{LINE}\n{LINE.replace('01.0205', '43')}\n"


@pytest.fixture(autouse=True)
def _own_key(settings):
    settings.TIDEGATE_RECEIPT_KEY = new_private_key()


@pytest.fixture
def verify(tmp_path):
    """Check a receipt at the command line; return the exit status and what was said."""

    def run(receipt: bytes, *, key: str = "", file: str | None = None) -> tuple[int, str]:
        (tmp_path / "receipt.json").write_bytes(receipt)
        (tmp_path / "key.pem").write_text(key or published_key())
        arguments = ["verify-receipt", str(tmp_path / "receipt.json"), "--key", str(tmp_path / "key.pem")]
        if file is not None:
            (tmp_path / "sent.csv").write_text(file)
            arguments += ["--file", str(tmp_path / "sent.csv")]
        result = CliRunner().invoke(app, arguments)
        return result.exit_code, result.output

    return run


def test_it_says_what_was_sent_by_whom_and_what_came_of_it(process_file, specialist):
    upload = process_file(CONTENT, by=specialist, file_name="october.csv")
    said = json.loads(receipt_of(upload))["receipt"]
    assert (said["upload_id"], said["file_name"], said["file_sha256"]) == (upload.pk, "october.csv", upload.sha256)
    assert (said["row_count"], said["success_count"], said["error_count"]) == (2, 1, 1)
    assert (said["sent_by"], said["school_year"], said["organization_id"]) == (specialist.email, "2020-2021", 1000)
    assert len(said["rule_set_sha256"]) == 64


def test_a_genuine_receipt_is_found_genuine_also_with_the_file(process_file, specialist, verify):
    receipt = receipt_of(process_file(CONTENT, by=specialist))
    assert verify(receipt)[0] == 0
    assert verify(receipt, file=CONTENT)[0] == 0


def test_a_changed_count_another_file_and_another_key_are_found_out(process_file, specialist, verify):
    receipt = receipt_of(process_file(CONTENT, by=specialist))
    status, said = verify(receipt.replace(b'"error_count": 1', b'"error_count": 0'))
    assert (status, "was changed since" in said) == (1, True)
    status, said = verify(receipt, file=f"{CONTENT}x")
    assert (status, "another file's" in said) == (1, True)
    assert verify(receipt, key=public_key_of(new_private_key()))[0] == 1


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"receipt": 1}'])
def test_what_is_no_receipt_is_refused(db, verify, content):
    assert verify(content)[0] != 0


def test_the_same_rules_have_the_same_digest_and_another_year_may_not(process_file, specialist):
    first, second = (json.loads(receipt_of(process_file(CONTENT, by=specialist)))["receipt"] for _ in range(2))
    assert first["rule_set_sha256"] == second["rule_set_sha256"]


def test_an_upload_that_has_not_ended_or_could_not_be_read_has_none(send, process_file, specialist):
    waiting = send(CONTENT, by=specialist)
    refused = process_file("", by=specialist)
    for upload in (waiting, refused):
        with pytest.raises(NotFound, match="no receipt"):
            receipt_of(upload)


def test_a_worker_that_comes_twice_leaves_the_first_receipt(process_file, specialist):
    upload = process_file(CONTENT, by=specialist)
    before = receipt_of(upload)
    process(upload_id=upload.pk)
    assert receipt_of(upload) == before


def test_one_command_checks_certificates_too(verify):
    key = new_private_key()
    text = as_signed_text(sign_document("certificate", {"snapshot": 7, "title": "Zähler"}, key))
    pdf = with_signature(b"%PDF-1.4\n", key)
    for content in (text, pdf):
        status, said = verify(content, key=public_key_of(key))
        assert (status, "The certificate is genuine" in said) == (0, True)
        altered = content.replace(b"7", b"8", 1) if content is text else content.replace(b"1.4", b"1.5")
        status, said = verify(altered, key=public_key_of(key))
        assert (status, "was changed since" in said) == (1, True)


def test_each_letter_of_a_signature_is_read():
    key = new_private_key()
    document = sign({"a": 1}, key)
    for place, letter in enumerate(document["signature"]):
        other = "A" if letter != "A" else "B"
        altered = document["signature"][:place] + other + document["signature"][place + 1 :]
        assert not is_signed(document | {"signature": altered}, public_key_of(key))
    assert not is_signed(document | {"key_id": "0" * 16}, public_key_of(key))


def test_a_document_without_a_signature_is_not_signed():
    key = new_private_key()
    document = sign({"a": 1}, key)
    assert is_signed(document, public_key_of(key))
    assert not is_signed({"receipt": {"a": 1}}, public_key_of(key))
    assert not is_signed({**document, "signature": "%"}, public_key_of(key))


@pytest.mark.parametrize(("where", "letters"), [("signature", "\u00fc"), ("receipt", {"note": "\ud800"})])
def test_a_document_of_letters_that_are_none_is_not_signed(where, letters):
    document = {"signature": "", "receipt": {}, where: letters}
    assert not is_signed(document, public_key_of(new_private_key()))
