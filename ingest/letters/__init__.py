"""Dead letters as people deal with them: read off the log, shown, sent back or dismissed."""
