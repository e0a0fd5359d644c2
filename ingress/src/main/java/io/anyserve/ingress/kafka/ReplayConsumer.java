package io.anyserve.ingress.kafka;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.ingress.response.AssignedPartitions;
import io.anyserve.ingress.response.ResponseStream;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes along the log step by step, each step on one pass of every partition. Owned by one thread.
 */
final class ReplayConsumer {

  private static final Logger log = LoggerFactory.getLogger(ReplayConsumer.class);

  private static final Duration POLL = Duration.ofMillis(20);

  /** After so many polls at the log's end a pass lets the next of its partition read. */
  private static final int PATIENCE = 10;

  /** So close to the log's end the live reader takes over: it has little to read again. */
  private static final long AT_END = 500;

  private final Consumer<byte[], byte[]> consumer;
  private final String topic;
  private final ReplayScheduler passes;
  private final AssignedPartitions live;
  private final Counter records;
  private final Map<TopicPartition, Turn> turns = new HashMap<>();
  private int partitions;

  /** A pass to whose place the consumer was sent. */
  private static final class Turn {

    private final ReplayCursor pass;
    private int emptyPolls;

    Turn(ReplayCursor pass) {
      this.pass = pass;
    }
  }

  ReplayConsumer(
      Consumer<byte[], byte[]> consumer,
      String topic,
      ReplayScheduler passes,
      AssignedPartitions live,
      Counter records) {
    this.consumer = consumer;
    this.topic = topic;
    this.passes = passes;
    this.live = live;
    this.records = records;
  }

  /** Lets new readers in and reads on a little. */
  void step(Queue<ResponseStream> inbox) {
    for (@Nullable ResponseStream stream = inbox.peek(); stream != null; stream = inbox.peek()) {
      letIn(stream);
      inbox.remove();
    }
    Map<Integer, ReplayCursor> due = passes.turn();
    due.forEach(this::take);
    turns.keySet().removeIf(partition -> !due.containsKey(partition.partition()));
    if (!turns.isEmpty()) {
      read();
    }
  }

  /** Without the brokers it waits; one that cannot be let in does not keep the others waiting. */
  private void letIn(ResponseStream stream) {
    try {
      admit(stream);
    } catch (KafkaException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      log.error("Failed to send events of request {}; its call ends", stream.handle().request(), e);
      ReplayService.end(stream, ReplayService.broken(e));
    }
  }

  /** One whose caller left while it waited here needs nothing. */
  private void admit(ResponseStream stream) {
    if (!stream.isBehind()) {
      return;
    }
    if (stream.partition() < partitions || stream.partition() < recount()) {
      long wanted = stream.wanted();
      passes.add(stream, wanted < 0 ? beginning(of(stream.partition())) : wanted);
    } else {
      stream.onReplayFailure(
          new Failure(
              FailureCode.RESUME_EXPIRED,
              "partition: %d of %s (expected: below %d)"
                  .formatted(stream.partition(), topic, partitions)));
    }
  }

  private int recount() {
    partitions = consumer.partitionsFor(topic).size();
    return partitions;
  }

  private TopicPartition of(int partition) {
    return new TopicPartition(topic, partition);
  }

  private long beginning(TopicPartition partition) {
    return consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
  }

  private void take(int partition, ReplayCursor pass) {
    TopicPartition place = of(partition);
    @Nullable Turn turn = turns.get(place);
    if (turn == null || turn.pass != pass) {
      turns.put(place, new Turn(pass));
      consumer.assign(turns.keySet());
      consumer.seek(place, pass.position());
    }
  }

  private void read() {
    consumer.assign(turns.keySet());
    try {
      ConsumerRecords<byte[], byte[]> found = consumer.poll(POLL);
      records.increment(found.count());
      turns.forEach((partition, turn) -> read(partition, turn, found));
    } catch (OffsetOutOfRangeException e) {
      e.partitions().forEach(this::outOfRange);
    }
  }

  /** A turn lasts until the brokers have answered, however long that takes. */
  private void read(TopicPartition partition, Turn turn, ConsumerRecords<byte[], byte[]> found) {
    var batch = found.records(partition);
    batch.forEach(turn.pass::read);
    turn.pass.moveTo(consumer.position(partition));
    long left = consumer.currentLag(partition).orElse(Long.MAX_VALUE);
    if (left <= AT_END && !turn.pass.isEmpty()) {
      live.follow(partition.partition(), turn.pass.position());
    }
    turn.emptyPolls = batch.isEmpty() && left == 0 ? turn.emptyPolls + 1 : 0;
    if (!batch.isEmpty() || turn.pass.isEmpty() || turn.emptyPolls >= PATIENCE) {
      passes.hadTurn(turn.pass);
    }
  }

  /** The log is shorter than it was, at its beginning or, after an accident, at its end. */
  private void outOfRange(TopicPartition partition) {
    @Nullable Turn turn = turns.remove(partition);
    if (turn == null) {
      return;
    }
    long earliest = beginning(partition);
    if (turn.pass.position() < earliest) {
      turn.pass.beginsAt(earliest);
    } else {
      turn.pass.lose(
          new Failure(
              FailureCode.RESUME_EXPIRED,
              "offset: %d (expected: in the log)".formatted(turn.pass.position())));
    }
    passes.hadTurn(turn.pass);
  }
}
