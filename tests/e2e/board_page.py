"""The whole dashboard as a process of its own: `python -m tests.e2e.board_page PORT`."""

import sys

import uvicorn

from dashboard.server import create_app

if __name__ == "__main__":
    uvicorn.run(create_app(), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
