"""A seeded fictional company whose orders, deals and visits move like a real one's, with known problems in it."""

from ingest.simulator.company import Company
from ingest.simulator.history import history
from ingest.simulator.live import live
from ingest.simulator.plants import Plant
from ingest.simulator.sizes import SIZES, CompanySize

__all__ = ["SIZES", "Company", "CompanySize", "Plant", "history", "live"]
