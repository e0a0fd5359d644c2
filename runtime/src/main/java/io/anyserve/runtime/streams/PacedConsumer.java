package io.anyserve.runtime.streams;

import io.anyserve.runtime.kafka.BoundedConsumer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/** A consumer that polls at the pace of {@link PollPacing}. */
final class PacedConsumer extends BoundedConsumer {

  private final PollPacing pacing;

  PacedConsumer(Map<String, Object> settings, int largest, PollPacing pacing) {
    super(settings, largest);
    this.pacing = pacing;
  }

  @Override
  public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    long pause = pacing.pause();
    if (pause > 0) {
      LockSupport.parkNanos(this, pause);
    }
    boolean full = !paused().isEmpty();
    ConsumerRecords<byte[], byte[]> polled = super.poll(full ? timeout : pacing.timeout(timeout));
    pacing.polled(polled.count());
    return polled;
  }
}
