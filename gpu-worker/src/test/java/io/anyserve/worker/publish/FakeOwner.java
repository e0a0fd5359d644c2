package io.anyserve.worker.publish;

import io.anyserve.contracts.event.Outcome;
import java.util.ArrayList;
import java.util.List;

/** Holds a request, unless told to lose it, and writes down what became of a stream. */
public final class FakeOwner implements ReplyStream.Owner {

  private final List<String> heard = new ArrayList<>();
  private volatile boolean holds = true;

  /** The lock has run out. */
  public void lose() {
    holds = false;
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

  public synchronized List<String> heard() {
    return List.copyOf(heard);
  }
}
