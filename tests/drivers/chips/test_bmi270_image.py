"""The BMI270's configuration image: found, parsed, or refused in words that help."""

import sys
from pathlib import Path

import pytest

from drivers.chips import bmi270_image
from drivers.chips.bmi270_image import VARIABLE, load_image, parse_image
from drivers.errors import ChipError

MAGIC = bytes((0xC8, 0x2E, 0x00, 0x2E))
SMALL = MAGIC + bytes(k * 7 & 0xFF for k in range(324))
LARGE = MAGIC + bytes(k * 11 & 0xFF for k in range(8188))


def as_c(image: bytes, name: str = "bmi270_maximum_fifo_config_file") -> bytes:
    """As in Bosch's file, with other arrays around it."""
    rows = [", ".join(f"0x{b:02x}" for b in image[at : at + 19]) for at in range(0, len(image), 19)]
    text = (
        "/* 0xc8, 0x2e */\n#define BMI2_MASK UINT8_C(0x10)\n"
        f"const uint8_t {name}[] = {{\n    " + ",\n    ".join(rows) + "\n};\n"
        "const struct bmi2_feature_config feat_in[0] = {\n\n};\nuint8_t data[2] = { 0x01, 0x02 };\n"
    )
    return text.encode()


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """No image of this machine's is found."""
    monkeypatch.setattr(bmi270_image, "PLACES", ())
    monkeypatch.setattr(bmi270_image, "_PACKAGE", "no_such_package")


@pytest.mark.parametrize("image", [SMALL, LARGE])
def test_raw_bytes_and_the_c_file_give_the_same_image(image: bytes) -> None:
    assert parse_image(image) == image
    assert parse_image(as_c(image)) == image


def test_a_file_named_in_the_environment_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "bmi270.c"
    path.write_bytes(as_c(LARGE))
    assert load_image({VARIABLE: str(path)}) == LARGE


def test_the_first_of_the_usual_places_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "there.bin"
    there.write_bytes(SMALL)
    monkeypatch.setattr(bmi270_image, "PLACES", (tmp_path / "missing", there))
    assert load_image({}) == SMALL


def test_an_installed_package_is_read_and_never_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "with_an_image"
    package.mkdir()
    (package / "config_file.py").write_bytes(
        b"raise SystemExit\nconfig = [" + b", ".join(b"0x%02x" % b for b in LARGE) + b"]\n"
    )
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setattr(bmi270_image, "_PACKAGE", "with_an_image")
    assert load_image({}) == LARGE


def test_without_an_image_the_error_says_how_to_get_one() -> None:
    with pytest.raises(ChipError, match=r"bmi270_maximum_fifo\.c.*BMI270_SensorAPI") as e:
        load_image({})
    assert VARIABLE in str(e.value)
    assert "/etc/gaitcoach" in str(e.value)


def test_a_named_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ChipError, match="No such file"):
        load_image({VARIABLE: str(tmp_path / "none.bin")})


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", SMALL[1:], bytes(328), as_c(SMALL)[:700], as_c(SMALL) + as_c(LARGE)],
    ids=["empty", "text", "shifted", "zeros", "cut", "two"],
)
def test_a_file_without_one_image_is_refused(data: bytes) -> None:
    with pytest.raises(ChipError, match="no configuration image"):
        parse_image(data)


@pytest.mark.parametrize("image", [SMALL[:-1], LARGE[:8000], SMALL + b"\0"])
def test_an_image_of_another_length_is_refused(image: bytes, tmp_path: Path) -> None:
    path = tmp_path / "short.bin"
    for data in (image, as_c(image)):
        path.write_bytes(data)
        with pytest.raises(ChipError, match=rf"short\.bin.*this one has {len(image)}"):
            load_image({VARIABLE: str(path)})
