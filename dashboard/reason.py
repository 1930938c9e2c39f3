"""Why something could not be done, in the words of whoever asked for it."""

from dashboard.locales import Lang, t
from dashboard.own_file import FileFault
from ingest.errors import BrokerAway
from warehouse.errors import WarehouseUnavailable


def reason(error: Exception, lang: Lang) -> str:
    """What is wrong and what to do; what only one thing can raise says so itself."""
    if isinstance(error, BrokerAway):
        return t("fault.broker", lang)
    if isinstance(error, WarehouseUnavailable):
        return t("fault.warehouse", lang)
    if isinstance(error, FileFault):
        return error.words(lang)
    return str(error)
