"""Find anything: units, people, products, customers, deals and saved views, by name, by sound and by id."""

from dashboard.lookup.routes import routes

__all__ = ["routes"]
