"""What a text may be before it is read as TOML: a parser's worst cases must not stop the link."""

from typing import Final

from firmware_py.link.protocol import Code, LinkError

LONGEST_TEXT: Final = 1 << 16
LONGEST_LINE: Final = 1000
"""tomllib takes 20 s for one key of 64 KB with 32,000 dots; its time grows by the square."""


def check_toml_text(text: str, code: Code) -> None:
    """Raises:
    LinkError: `text` is too long, or a line of it, or it is no Unicode.
    """
    if len(text) > LONGEST_TEXT:
        raise LinkError(code, f"the text has more than {LONGEST_TEXT} characters; shorten it")
    for n, line in enumerate(text.split("\n"), 1):
        if len(line) > LONGEST_LINE:
            raise LinkError(
                code,
                f"line {n} has more than {LONGEST_LINE} characters; break it",
                {"line": n, "text": line[:60]},
            )
    if not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
        raise LinkError(code, "the text is no Unicode text; save it as UTF-8")
