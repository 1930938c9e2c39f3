"""Charts as pure functions of frames: plain figures ready for JSON, few traces, few points, `uirevision` fixed."""
