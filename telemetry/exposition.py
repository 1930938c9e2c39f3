"""How the meters are read: the answer of a part's own `/metrics`, or a small port beside a part that serves nothing."""

import logging

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest, start_http_server

from telemetry.settings import TelemetrySettings

log = logging.getLogger(__name__)
CONTENT_TYPE = CONTENT_TYPE_LATEST


def latest() -> bytes:
    """Every meter of this process, and its memory, CPU time and open files, in Prometheus's text format."""
    return generate_latest()


def serve(settings: TelemetrySettings) -> None:
    """Answer at the port of the settings, from a thread of its own; nothing where there is none.

    A port that is taken costs the figures and not the part: it is said in the log.
    """
    if settings.metrics_port is None:
        return
    where = f"{settings.metrics_host}:{settings.metrics_port}"
    try:
        start_http_server(settings.metrics_port, settings.metrics_host)
    except OSError as error:
        log.warning("no metrics at %s (%s): choose another ONEBOARD_METRICS_PORT", where, error)
    else:
        log.info("metrics are at http://%s/metrics", where)
