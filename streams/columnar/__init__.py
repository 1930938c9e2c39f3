"""The common case of a timeline, whole columns at a time; what is uncommon goes row by row (`streams.timeline`)."""
