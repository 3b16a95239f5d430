"""FILE032: the file is encrypted."""

from tidegate.core.rules.rule import ReadingRule


class Encrypted(ReadingRule):
    """The file is encrypted.

    What it checks: The first bytes of the file, whatever its name. Files encrypted with age, PGP or
    OpenSSL, and Office documents locked with a password, are recognized.

    How to fix it: Decrypt the file, or open it with its password, and send it as CSV. The
    connection to this site is encrypted anyway.
    """

    code = "FILE032"
    message = "The file is {content}, not a CSV or TXT file"
    example_words = {"content": "encrypted (age)"}
