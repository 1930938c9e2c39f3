"""How Kafka is reached, in Faust's words."""

import faust

from ingest.settings import KafkaSettings


def credentials(settings: KafkaSettings) -> faust.SASLCredentials | faust.SSLCredentials | None:
    """None where anybody may."""
    context, password = settings.ssl_context(), settings.sasl_password
    if settings.security_protocol.startswith("SASL"):
        return faust.SASLCredentials(
            mechanism=settings.sasl_mechanism,
            username=settings.sasl_username,
            password=password.get_secret_value() if password else None,
            ssl_context=context,
        )
    return faust.SSLCredentials(context) if context else None
