package io.anyserve.metering.export;

import io.anyserve.runtime.kafka.DeadLetterProducer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends batches to a receiver and commits how far it came only after the receiver has them.
 *
 * <pre>
 * taken            committed, the next ones
 * later            read again after a pause, from the first one that is not taken
 * refused, many    halves of them
 * refused, one     to dlq, committed, the next ones
 * </pre>
 *
 * Only where this process dies, or loses its partition, between the receiver's answer and the
 * commit is a batch sent again; the ids say so.
 */
final class HttpExporter implements Exporter {

  private static final Logger log = LoggerFactory.getLogger(HttpExporter.class);
  private static final Duration POLL = Duration.ofMillis(500);

  private final Consumer<byte[], byte[]> consumer;
  private final String source;
  private final Receiver receiver;
  private final DeadLetterProducer letters;
  private final ExportMeters meters;
  private final LongSupplier nanos;
  private final Backoff backoff = new Backoff();
  private boolean waiting;
  private long due;

  /**
   * @param consumer closed with this, as are receiver and letters
   */
  HttpExporter(
      Consumer<byte[], byte[]> consumer,
      String source,
      Receiver receiver,
      DeadLetterProducer letters,
      ExportMeters meters,
      LongSupplier nanos) {
    this.consumer = consumer;
    this.source = source;
    this.receiver = receiver;
    this.letters = letters;
    this.meters = meters;
    this.nanos = nanos;
  }

  @Override
  public void step() throws InterruptedException {
    if (waiting) {
      await();
    } else {
      deliver(poll(POLL));
    }
    meters.lag(LedgerConsumer.lag(consumer));
  }

  /** Stays a member of its group meanwhile. */
  private void await() {
    consumer.pause(consumer.assignment());
    long left = Math.max(0, due - nanos.getAsLong());
    rewind(poll(left < POLL.toNanos() ? Duration.ofNanos(left) : POLL));
    if (due - nanos.getAsLong() <= 0) {
      waiting = false;
      consumer.resume(consumer.assignment());
    }
  }

  private List<LedgerItem> poll(Duration time) {
    List<LedgerItem> items = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(time)) {
      items.add(LedgerItem.of(source, record));
    }
    return items;
  }

  private void deliver(List<LedgerItem> items) throws InterruptedException {
    List<LedgerItem> left = items;
    int size = left.size();
    while (!left.isEmpty() && !waiting) {
      List<LedgerItem> part = left.subList(0, Math.min(size, left.size()));
      switch (send(part)) {
        case Receipt.Taken _ -> {
          taken(part);
          left = left.subList(part.size(), left.size());
          size = left.size();
        }
        case Receipt.Refused(String why) -> {
          if (part.size() == 1) {
            bury(part, why);
            left = left.subList(1, left.size());
          }
          size = part.size() == 1 ? left.size() : part.size() / 2;
        }
        case Receipt.Later(String why, Optional<Duration> after) -> {
          rewind(left);
          pause(why, after);
        }
      }
    }
  }

  private Receipt send(List<LedgerItem> part) throws InterruptedException {
    List<UsageEvent> events = LedgerItem.events(part);
    return events.isEmpty() ? new Receipt.Taken() : receiver.send(events);
  }

  private void taken(List<LedgerItem> part) throws InterruptedException {
    for (LedgerItem item : part) {
      switch (item) {
        case LedgerItem.Line _ -> {}
        case LedgerItem.Malformed(var record, var reason) -> {
          meters.malformed();
          log.warn("no ledger line at {}@{}", item.partition(), record.offset(), reason);
          letters.write(record, reason);
        }
      }
    }
    consumer.commitSync(LedgerItem.behind(part));
    meters.sent(LedgerItem.events(part).size());
    backoff.reset();
  }

  private void bury(List<LedgerItem> one, String why) throws InterruptedException {
    ConsumerRecord<byte[], byte[]> record = one.getFirst().record();
    String place = one.getFirst().partition() + "@" + record.offset();
    log.warn("the receiver does not take the ledger line at {}: {}", place, why);
    letters.write(record, new IllegalArgumentException("export refused: " + why));
    consumer.commitSync(LedgerItem.behind(one));
    meters.refused();
    backoff.reset();
  }

  private void pause(String why, Optional<Duration> after) {
    Duration own = backoff.next();
    Duration pause = after.filter(asked -> asked.compareTo(own) > 0).orElse(own);
    meters.failed();
    log.warn("handing ledger lines on failed, again in {}: {}", pause, why);
    due = nanos.getAsLong() + pause.toNanos();
    waiting = true;
  }

  private void rewind(List<LedgerItem> items) {
    LedgerItem.first(items).forEach(consumer::seek);
  }

  @Override
  public void close() {
    consumer.close();
    receiver.close();
    letters.close();
  }
}
