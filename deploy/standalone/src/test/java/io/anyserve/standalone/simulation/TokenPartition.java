package io.anyserve.standalone.simulation;

import io.anyserve.contracts.event.TokenRecord;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** One partition of the topic {@code tokens}: a list that only grows. */
final class TokenPartition implements TokenTopicModel {

  private final InstantSource clock;
  private final List<Entry> entries = new ArrayList<>();

  TokenPartition(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public long append(TokenRecord record) {
    long offset = entries.size();
    entries.add(new Entry(offset, clock.millis(), record));
    return offset;
  }

  @Override
  public Entry at(long offset) {
    return entries.get((int) offset);
  }

  @Override
  public long end() {
    return entries.size();
  }
}
