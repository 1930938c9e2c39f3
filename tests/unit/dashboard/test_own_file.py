"""What is said of a file of one's own that cannot be read: to its reader in their language, to the log in full."""

from pathlib import Path

import pytest

from dashboard.own_file import FileFault, read
from dashboard.reason import reason


@pytest.mark.parametrize(
    ("raw", "logged", "en", "zh"),
    [
        (
            b'by = ["app"]\nto = person\n',
            "Invalid value",
            "routes.toml: it is not TOML at line 2, column 6.",
            "routes.toml：第 2 行第 6 列不符合 TOML 格式。",
        ),
        (
            b"by = [\n  1,\n\n",
            "Invalid value",
            "routes.toml: it is not TOML at line 2, column 5.",
            "routes.toml：第 2 行第 5 列不符合 TOML 格式。",
        ),
        (
            'to = "人\n'.encode("gb18030"),
            "invalid continuation byte",
            "routes.toml: it is not UTF-8 at line 1, column 7.",
            "routes.toml：第 1 行第 7 列不是 UTF-8 文字。",
        ),
        (None, "No such file or directory", "routes.toml: it cannot be opened.", "routes.toml：无法打开。"),
    ],
)
def test_a_file_that_is_no_toml_names_the_place(
    raw: bytes | None, logged: str, en: str, zh: str, tmp_path: Path
) -> None:
    file = tmp_path / "routes.toml"
    if raw is not None:
        file.write_bytes(raw)
    with pytest.raises(FileFault) as fault:
        read(file)
    assert str(fault.value) == f"{en} ({logged})"
    assert (reason(fault.value, "en"), reason(fault.value, "zh")) == (en, zh)
