"""Messages of Kafka, from the offset that the database remembers on."""

import time
from contextlib import suppress

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from late_payments.landing.transaction import Refused
from late_payments.stream.settings import BROKERS, TOPIC, Settings
from late_payments.stream.transactions import Transactions

SECONDS_TO_ANSWER = 15
SECONDS_BETWEEN_QUESTIONS = 5
# How many messages are taken in before it is looked whether a transaction has ended.
AT_ONCE = 50_000


class Topic:
    """The topic of the connector. Its offsets are kept in the database: those that a broker keeps are not used."""

    def __init__(self, settings: Settings) -> None:
        """Refused, saying what to set, if there is no such topic of one partition, or the broker cannot be reached."""
        self.name = settings.topic
        # What librdkafka last said about its connections; empty while all is well.
        self.trouble = ""
        self.asked_at = 0.0
        config = {
            # Wanted by librdkafka. No group is joined.
            "group.id": "late_payments",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
            # Where messages are gone, it must be said and not skipped.
            "auto.offset.reset": "error",
            "enable.partition.eof": True,
            "fetch.wait.max.ms": 100,
            # What it says is shown by the stream.
            "log_level": 0,
            **settings.kafka,
            "error_cb": self.hear,
        }
        try:
            self.consumer = Consumer(config)
        except (KafkaException, TypeError, ValueError) as error:
            raise Refused(
                f"librdkafka does not take a setting: {in_words(error)}. Its variable is DBT_ENV_SECRET_[PROD_]KAFKA_"
                " and the name of the setting, in capitals, with _ for each full stop."
            ) from None
        self.refuse_other_than_one_partition()

    def hear(self, error: KafkaError) -> None:
        # That all brokers are down is said after why each of them is.
        if error.code() != KafkaError._ALL_BROKERS_DOWN or not self.trouble:
            self.trouble = str(error.str())

    def refuse_other_than_one_partition(self) -> None:
        try:
            topics = self.consumer.list_topics(timeout=SECONDS_TO_ANSWER).topics
        except KafkaException as error:
            # Lets librdkafka say what it has to say.
            self.consumer.poll(0)
            why = self.trouble or in_words(error)
            raise Refused(f"Kafka cannot be reached ({BROKERS}): {why}. Nothing was changed.") from None
        if self.name not in topics:
            alike = sorted(name for name in topics if name.startswith(f"{self.name.split('.')[0]}."))
            raise Refused(
                f"Kafka has no topic {self.name} ({TOPIC})"
                + (f", but {', '.join(alike)}" if alike else "")
                + ". The connector must send the four tables and its transactions into one topic, of one partition: its"
                " settings transforms (RegexRouter) and provide.transaction.metadata."
            )
        partitions = len(topics[self.name].partitions)
        if partitions != 1:
            raise Refused(
                f"The topic {self.name} has {partitions} partitions, among which there is no order: make it with one"
                " (the connector's topic.creation.default.partitions)."
            )

    def start(self, offset: int | None) -> None:
        """Read from an offset on; none: from the beginning. Refused if the topic does not reach so far."""
        low, high = self.offsets()
        if offset is None:
            offset = low
        elif not low <= offset <= high:
            raise Refused(
                f"The topic {self.name} holds offsets {low} to {high}, and {offset} would be the next: "
                + ("what came in between is gone" if offset < low else "it was made anew")
                + ". Let the connector take a snapshot, drop the schema stream of the database, and start again: a"
                " snapshot replaces all four tables at once."
            )
        self.position, self.high = offset, high
        # Whether everything that was in the topic has been read.
        self.is_at_end = False
        self.consumer.assign([TopicPartition(self.name, 0, offset)])

    def offsets(self) -> tuple[int, int]:
        """The first offset in the topic, and the one after the last. Refused if nobody says so in time."""
        until = time.monotonic() + SECONDS_TO_ANSWER
        while True:
            try:
                partition = TopicPartition(self.name, 0)
                first, end = self.consumer.get_watermark_offsets(partition, timeout=SECONDS_TO_ANSWER)
                return first, end
            except KafkaException as error:
                # A broker that has just started knows its topics before it leads them.
                self.consumer.poll(0.5)
                if time.monotonic() > until:
                    why = self.trouble or in_words(error)
                    raise Refused(f"The topic {self.name} cannot be read: {why}. Nothing was changed.") from None

    def read(self, transactions: Transactions, seconds: float) -> None:
        """Take in what there is; wait for the first message so long."""
        message = self.consumer.poll(seconds)
        while message is not None:
            self.take_in(message, transactions)
            more = self.consumer.consume(10_000, timeout=0)
            for message in more[:-1]:
                self.take_in(message, transactions)
            message = more[-1] if more else None
            if message is not None and transactions.cuts and len(transactions.waiting) > AT_ONCE:
                self.take_in(message, transactions)
                return

    def take_in(self, message: Message, transactions: Transactions) -> None:
        error = message.error()
        if error is None:
            self.trouble = ""
            offset = message.offset()
            assert offset is not None
            transactions.take_in(offset, message.value())
            self.position = offset + 1
            self.is_at_end = False
        elif error.code() == KafkaError._AUTO_OFFSET_RESET:
            raise Refused(f"Offset {self.position} is no longer in the topic {self.name}: start the stream again.")
        elif error.code() == KafkaError._PARTITION_EOF:
            self.position = max(self.position, message.offset() or 0)
            self.is_at_end = True
        else:
            self.trouble = str(error.str())

    def ask_again(self) -> None:
        """Where there was trouble, find out whether it is over: librdkafka tells of trouble alone."""
        if self.trouble and time.monotonic() > self.asked_at + SECONDS_BETWEEN_QUESTIONS:
            self.asked_at = time.monotonic()
            with suppress(KafkaException):
                self.consumer.list_topics(self.name, timeout=1)
                self.trouble = ""

    def behind(self) -> int:
        """How many messages are in the topic after the last one read, as far as is known."""
        with suppress(KafkaException):
            _, self.high = self.consumer.get_watermark_offsets(TopicPartition(self.name, 0), cached=True)
        return max(0, self.high - self.position)

    def close(self) -> None:
        self.consumer.close()


def in_words(error: Exception) -> str:
    """What librdkafka says."""
    first = error.args[0] if error.args else error
    return str(first.str()) if isinstance(first, KafkaError) else str(first)
