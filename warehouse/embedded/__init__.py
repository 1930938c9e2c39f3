"""The embedded warehouse: chDB, the ClickHouse engine in process, served over ClickHouse's own HTTP protocol.

`python -m warehouse.embedded --path DIR --port N`; from then on `clickhouse-connect`, `curl` and every other client
that speaks HTTP to a ClickHouse server works against it with the same code. What it cannot do (users, sessions,
external data) it refuses with ClickHouse's own kind of error. Answers are sent whole, never streamed.
"""
