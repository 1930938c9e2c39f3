"""Coaching: somebody's numbers beside their peers', what was agreed and noted, and what to speak of next time."""
