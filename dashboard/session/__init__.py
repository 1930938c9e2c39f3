"""Who looks, until there is a sign-in: a person of the org, chosen on this machine, kept in a signed cookie.

Sign-in will replace the chooser, not the `Viewer` that everything else asks with.
"""

from dashboard.session.chooser import chooser, from_here, routes
from dashboard.session.cookies import opened, person_id, ticket
from dashboard.session.people import name_of, today, viewer, viewer_for_id

__all__ = [
    "chooser",
    "from_here",
    "name_of",
    "opened",
    "person_id",
    "routes",
    "ticket",
    "today",
    "viewer",
    "viewer_for_id",
]
