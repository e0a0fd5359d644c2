package io.anyserve.worker.publish;

import io.anyserve.contracts.event.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Holds a request, unless told to lose it, and writes down what became of a stream. */
public final class FakeOwner implements EventStreamWriter.Owner {

  private final List<String> heard = new ArrayList<>();
  private volatile boolean holds = true;

  /** The lock has run out. */
  public void lose() {
    holds = false;
  }

  @Override
  public ConsumerRecord<byte[], byte[]> record() {
    return new ConsumerRecord<>("requests", 0, 7, new byte[0], new byte[0]);
  }

  @Override
  public boolean holds() {
    return holds;
  }

  @Override
  public synchronized void answered(Outcome outcome) {
    heard.add(outcome.name());
  }

  @Override
  public synchronized void elsewhere() {
    heard.add("ELSEWHERE");
  }

  @Override
  public synchronized void lost(Exception why) {
    heard.add("LOST");
  }

  @Override
  public synchronized void refused() {
    heard.add("REFUSED");
  }

  public synchronized List<String> heard() {
    return List.copyOf(heard);
  }
}
