"""Which broker, which topic, which PostgreSQL: from the environment, checked before anything starts."""

import os
from dataclasses import dataclass, field

from late_payments import servers
from late_payments.landing.transaction import Refused

BROKERS = "LATE_PAYMENTS_KAFKA_BOOTSTRAP_SERVERS"
TOPIC = "LATE_PAYMENTS_KAFKA_TOPIC"


@dataclass(frozen=True)
class Settings:
    """How to reach the servers. Never shown: it holds secrets."""

    topic: str
    # Of librdkafka.
    kafka: dict[str, str] = field(repr=False)
    # As servers.credentials; none if nothing is published.
    postgres: dict[str, str] | None = field(repr=False)


def settings(prefix: str) -> Settings:
    """What the environment says; prefix is what the names of a target's secrets begin with after DBT_ENV_SECRET_.

    Refused, or DbtRuntimeError, naming the variables, if one that is needed is not set.
    """
    brokers = os.environ.get(BROKERS)
    if not brokers:
        raise Refused(f"stream needs to know how to reach Kafka. Not set, or set to nothing: {BROKERS}")
    secrets = f"DBT_ENV_SECRET_{prefix}KAFKA_"
    kafka = {
        # DBT_ENV_SECRET_KAFKA_SASL_PASSWORD is librdkafka's sasl.password.
        name.removeprefix(secrets).lower().replace("_", "."): value
        for name, value in os.environ.items()
        if name.startswith(secrets)
    }
    postgres = None
    if any(name.startswith(f"DBT_ENV_SECRET_{prefix}POSTGRES_") for name in os.environ):
        postgres = servers.credentials(servers.POSTGRES, prefix, "stream")
    return Settings(os.environ.get(TOPIC) or "trs.changes", {**kafka, "bootstrap.servers": brokers}, postgres)
