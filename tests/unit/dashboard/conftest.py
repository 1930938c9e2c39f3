"""The dashboard's tests sign with a secret of their own and leave nothing in the working folder."""

import os

os.environ["ONEBOARD_DASHBOARD_SECRET"] = "for the tests only"  # before a test module signs something at its import
