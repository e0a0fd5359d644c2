package io.anyserve.contracts.topic;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Records of the topic {@code dlq}: as they were, with the headers that Kafka Streams uses. */
public final class DeadLetter {

  public static final String EXCEPTION = "__streams.errors.exception";
  public static final String MESSAGE = "__streams.errors.message";
  public static final String TOPIC = "__streams.errors.topic";
  public static final String PARTITION = "__streams.errors.partition";
  public static final String OFFSET = "__streams.errors.offset";

  /** Characters; a message may quote all of a record, and the dead letter must fit its topic. */
  private static final int MOST_MESSAGE = 1_000;

  private DeadLetter() {}

  /** The record to write for one that cannot be processed. */
  public static ProducerRecord<byte[], byte[]> of(
      TopicNames topics, ConsumerRecord<byte[], byte[]> record, Throwable reason) {
    var deadLetter = new ProducerRecord<>(topics.deadLetters(), null, record.key(), record.value());
    record.headers().forEach(deadLetter.headers()::add);
    headers(record.topic(), record.partition(), record.offset(), reason)
        .forEach(deadLetter.headers()::add);
    return deadLetter;
  }

  /** The headers that say what happened. */
  public static List<Header> headers(String topic, int partition, long offset, Throwable reason) {
    return List.of(
        header(EXCEPTION, reason.getClass().getName()),
        header(MESSAGE, message(reason)),
        header(TOPIC, topic),
        header(PARTITION, Integer.toString(partition)),
        header(OFFSET, Long.toString(offset)));
  }

  private static String message(Throwable reason) {
    String message = String.valueOf(reason.getMessage());
    return message.length() <= MOST_MESSAGE ? message : message.substring(0, MOST_MESSAGE) + "...";
  }

  private static Header header(String name, String value) {
    return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
  }
}
