"""The dashboard's own secret: it signs cookies and tickets, and makes the names of meeting rooms unguessable."""

import secrets
from functools import cache
from pathlib import Path

from dashboard.settings import dashboard


@cache
def secret() -> str:
    """The dashboard's secret: from the settings, else made once and kept for the owner's eyes only."""
    settings = dashboard()
    if settings.secret:
        return settings.secret.get_secret_value()
    return kept_secret(settings.data_dir / "secret")


def kept_secret(path: Path) -> str:
    """The secret of a file with mode 0600, made when it is not there; two that start at once agree on one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    if not path.exists():
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48), "ascii")
        try:
            path.hardlink_to(fresh)
        except FileExistsError:
            pass  # another process was quicker
        finally:
            fresh.unlink()
    return path.read_text("ascii")
