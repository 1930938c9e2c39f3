"""`oneboard import`: the rows of a folder onto the topics, by a mapping."""
