package io.anyserve.worker.link;

import io.anyserve.contracts.RequestId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a worker learned. Thread-safe. */
final class RecordedEvents implements RouterEvents {

  final List<String> all = new CopyOnWriteArrayList<>();

  @Override
  public void superseded(RequestId request, int attempt) {
    all.add("superseded " + request + " " + attempt);
  }

  @Override
  public void reconnected() {
    all.add("reconnected");
  }
}
